import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, test } from 'node:test'
import type { ConsoleQuery, ConsoleQueryLine } from '../../../src/contract/console-query.ts'
import { ApiError } from '../api/api-error.ts'
import { runQuery } from './run-query.ts'

const query: ConsoleQuery = {
  ...{ project_id: 'shop', branch_id: 'br', database: 'db', role: 'owner' },
  statements: [{ sql: 'select 1' }],
}
const connected = { type: 'connected', ms: 1, woke: false }
const end = { type: 'end', ms: 3, rolled_back: false }
const text = (...lines: object[]) => lines.map(line => `${JSON.stringify(line)}\n`).join('')

let server: Server | undefined
const pageFetch = globalThis.fetch
afterEach(() => {
  globalThis.fetch = pageFetch
  server?.closeAllConnections()
  server?.close()
})

/** A server whose origin is the page's own. */
async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise(resolve => server?.once('listening', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  globalThis.fetch = (url, init) => pageFetch(new URL(String(url), origin), init)
}

async function linesOf(signal?: AbortSignal): Promise<ConsoleQueryLine[]> {
  const lines: ConsoleQueryLine[] = []
  await runQuery(query, line => lines.push(line), signal)
  return lines
}

test('lines are given as they come, and the last one ends it', async () => {
  let headers: Record<string, unknown> = {}
  await serve((asked, answer) => {
    headers = asked.headers
    answer.write(text(connected).slice(0, 9))
    answer.end(text(connected).slice(9) + text(end))
  })
  assert.deepEqual(await linesOf(), [connected, end])
  assert.equal(headers['x-pilotlight-console'], '1')
})

test('an answer that ends before its last line is torn, however it ends', async () => {
  for (const tear of ['end', 'destroy', 'junk'] as const) {
    await serve((_, answer) => {
      answer.write(text(connected), () => {
        if (tear === 'end') answer.end()
        else if (tear === 'destroy') answer.destroy()
        else answer.end('<html>\n')
      })
    })
    await assert.rejects(linesOf(), (error: ApiError) => error.code === 'answer_torn', tear)
    server?.close()
  }
})

test('a refusal is the API’s error, with its request id', async () => {
  await serve((_, answer) => {
    answer.writeHead(429, { 'Content-Type': 'application/json' })
    answer.end(JSON.stringify({ code: 'too_many', message: 'wait', request_id: 'r1' }))
  })
  await assert.rejects(linesOf(), (error: ApiError) => {
    assert.ok(error instanceof ApiError)
    assert.deepEqual([error.status, error.code, error.requestId], [429, 'too_many', 'r1'])
    return true
  })
})

test('aborted, the request is closed and the reason thrown', async () => {
  const abort = new AbortController()
  let closed: Promise<unknown> | undefined
  await serve((asked, answer) => {
    closed = new Promise(resolve => asked.socket.once('close', resolve))
    answer.write(text(connected))
  })
  const running = runQuery(query, () => abort.abort(), abort.signal)
  await assert.rejects(running, { name: 'AbortError' })
  await closed
})

test('a fault of whoever takes the lines stays theirs', async () => {
  await serve((_, answer) => answer.end(text(connected, end)))
  const running = runQuery(query, () => {
    throw new TypeError('mine')
  })
  await assert.rejects(running, /mine/)
})
