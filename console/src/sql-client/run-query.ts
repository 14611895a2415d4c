// POST /api/console/query: SQL to a branch, and its answer line by line, while it comes.

import type { ConsoleQuery, ConsoleQueryLine } from '../../../src/contract/console-query.ts'
import { ApiError } from '../api/api-error.ts'
import { request } from '../api/call.ts'
import { NdjsonLines } from './ndjson.ts'

/**
 * Answers once the last line has come. Aborting `signal` cancels what runs in Postgres, and throws the signal's reason.
 * Throws ApiError where the server refuses before it begins, does not answer, or breaks off in the midst: then nobody knows
 * what became of the statement that ran. What Postgres says of a statement is a line of type `error`, and is not thrown.
 */
export async function runQuery(
  query: ConsoleQuery,
  onLine: (line: ConsoleQueryLine) => void,
  signal?: AbortSignal,
): Promise<void> {
  const response = await request('post', '/api/console/query', query, signal)
  if (!response.body) throw torn()
  const lines = new NdjsonLines()
  const reader = response.body.getReader()
  const nextLines = async (): Promise<ConsoleQueryLine[] | undefined> => {
    try {
      const { done, value } = await reader.read()
      return done ? undefined : (lines.push(value) as ConsoleQueryLine[])
    } catch {
      signal?.throwIfAborted()
      throw torn()
    }
  }
  try {
    for (let some = await nextLines(); some !== undefined; some = await nextLines()) {
      for (const line of some) {
        onLine(line)
        if (line.type === 'end') return
      }
    }
    throw torn()
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function torn(): ApiError {
  return new ApiError(
    0,
    'answer_torn',
    'The answer broke off: Pilotlight or its connection ended. What ran last may have been carried out; look before you run it again.',
  )
}
