import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { ApiError } from './api-error.ts'
import { send } from './call.ts'

const { fetch } = globalThis
afterEach(() => {
  globalThis.fetch = fetch
})

function answered(response: () => Response): void {
  globalThis.fetch = async () => response()
}

const cutOff = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"project":'))
        controller.error(new TypeError('network error'))
      },
    }),
  )

test('an answer, and that there is none', async () => {
  answered(() => Response.json({ signed_in: true }))
  assert.deepEqual(await send('get', '/api'), { signed_in: true })
  answered(() => new Response(null, { status: 204 }))
  assert.equal(await send('delete', '/api'), undefined)
})

test('what is refused has the words and the id of the server, if it has some', async () => {
  answered(() => Response.json({ code: 'GONE', message: 'gone', request_id: 'r-1' }, { status: 404 }))
  await assert.rejects(send('get', '/api'), { status: 404, code: 'GONE', message: 'gone', requestId: 'r-1' })
  answered(() => new Response('<html>', { status: 502 }))
  await assert.rejects(send('get', '/api'), { status: 502, message: 'the server answered 502' })
})

test('an answer that is cut off is none', async () => {
  for (const response of [cutOff, () => new Response('<html>')]) {
    answered(response)
    await assert.rejects(
      send('get', '/api'),
      (error: unknown) => error instanceof ApiError && error.status === 0,
    )
  }
})

test('who does not want it any more is told nothing else', async () => {
  answered(cutOff)
  await assert.rejects(send('get', '/api', undefined, AbortSignal.abort()), /network error/)
})
