// The one way of following operations: poll until each has ended, and show how it goes to those who watch.

import { Option } from 'commander'
import { hasEnded } from '../contract/operations.ts'
import * as routes from '../contract/routes/index.ts'
import type { OperationShape } from '../contract/shapes.ts'
import type { Clock } from '../lib/clock.ts'
import { retry } from '../lib/retry.ts'
import type { Client } from './client.ts'
import type { Context } from './command.ts'
import { CliError, failure } from './errors.ts'
import { duration, plain } from './format.ts'
import type { Output } from './output.ts'

/** A wake takes tens of milliseconds, a first start of a new Postgres some seconds. */
const poll = { firstMs: 50, factor: 1.5, maxMs: 1000 }
/** Long enough for copying a large database; the operation goes on behind. */
const longestWaitMs = 1_800_000
/** Control may be restarted meanwhile, and its operations continue. */
const patience = { attempts: 6, firstDelayMs: 200, factor: 2, maxDelayMs: 3000 }

/** `meanwhile`: what goes on when the command has returned. */
export const noWaitFlag = (meanwhile = 'the operations run behind'): Option =>
  new Option('--no-wait', `return at once; ${meanwhile}`)

/** Answers with the operations as they ended. Throws operation_failed at the first that did not finish. */
export async function waitForOperations(
  client: Client,
  operations: OperationShape[],
  out: Output,
  clock: Clock,
): Promise<OperationShape[]> {
  const startedAt = clock.now()
  const ended: OperationShape[] = []
  try {
    for (const operation of operations) ended.push(await waitForOne(client, operation, out, clock, startedAt))
  } finally {
    out.endProgress()
  }
  return ended
}

/** What was made is there, even if one of these fails: the error names it. */
export async function waitForCreation(
  { out, system }: Context,
  client: Client,
  made: string,
  operations: OperationShape[],
): Promise<OperationShape[]> {
  out.progress(`${made} is made …`)
  return await waitForOperations(client, operations, out, system.clock).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error
    throw new CliError({
      code: error.code,
      message: `${made} was created, but ${error.message}`,
      remedy: error.remedy,
      requestId: error.requestId,
      exitCode: error.exitCode,
      cause: error,
    })
  })
}

async function waitForOne(
  client: Client,
  operation: OperationShape,
  out: Output,
  clock: Clock,
  startedAt: number,
): Promise<OperationShape> {
  let current = operation
  let delayMs = poll.firstMs
  while (!hasEnded(current.status)) {
    const waitedMs = clock.now() - startedAt
    if (waitedMs > longestWaitMs) throw stillRunning(current)
    out.progress(`${current.action} ${current.status}, ${duration(waitedMs)} …`)
    await clock.sleep(delayMs)
    delayMs = Math.min(poll.maxMs, delayMs * poll.factor)
    const params = { project_id: operation.project_id, operation_id: operation.id }
    const reply = await retry(patience, clock, isPassing, () => client.call(routes.getOperation, { params }))
    current = reply.operation
  }
  if (current.status === 'finished' || current.status === 'skipped') return current
  throw failure(
    'operation_failed',
    `operation ${current.action} ended as ${current.status}${current.error ? `: ${plain(current.error)}` : ''}`,
    `\`pilotlight operations list ${current.project_id}\` shows it; \`pilotlight doctor\` says where the logs are.`,
  )
}

function isPassing(error: unknown): boolean {
  return error instanceof CliError && (error.retry || error.code === 'not_running')
}

function stillRunning(operation: OperationShape): CliError {
  return failure(
    'operation_unfinished',
    `operation ${operation.action} is still ${operation.status} after ${duration(longestWaitMs)}`,
    `It goes on. \`pilotlight operations list ${operation.project_id}\` shows how far it is.`,
  )
}
