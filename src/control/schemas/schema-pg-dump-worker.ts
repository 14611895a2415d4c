// The thread of schema-pg-dump-wasm.ts. pg_dump thinks that it talks to a PGlite, which answers at once: so each of its
// messages goes out through the port, and the thread sleeps until the server's answer to it is whole.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { pgDump } from '@electric-sql/pglite-tools/pg_dump'
import { pgDumpArgs } from './schema-pg-dump.ts'

export interface WorkerTask {
  port: MessagePort
  /** One cell: how many chunks have come in. */
  arrivals: Int32Array
  conninfo: string
}

export type WorkerAnswer = { sql: string } | { complaint: string }

const { port, arrivals, conninfo }: WorkerTask = workerData
let seen = 0
let pending: Buffer = Buffer.alloc(0)

/** Null: the server has hung up. */
function nextChunk(): Uint8Array | null {
  for (;;) {
    const received = receiveMessageOnPort(port)
    if (received) return received.message
    // Returns at once where something came in since it was looked at.
    Atomics.wait(arrivals, 0, seen)
    seen = Atomics.load(arrivals, 0)
  }
}

const typeOf = (frame: Buffer) => String.fromCharCode(frame[0]!)
/** AuthenticationOk and AuthenticationSASLFinal are followed by more; the other requests wait for the client. */
const unasked = new Set([0, 12])

/** Whether the server waits for us behind this message: ReadyForQuery, or a question about the password. */
function isLast(frame: Buffer): boolean {
  return typeOf(frame) === 'Z' || (typeOf(frame) === 'R' && !unasked.has(frame.readInt32BE(5)))
}

/** Everything up to the message behind which the server waits. */
function answer(): Uint8Array {
  let end = 0
  for (;;) {
    while (pending.length - end >= 5) {
      const next = end + 1 + pending.readInt32BE(end + 1)
      if (pending.length < next) break
      const last = isLast(pending.subarray(end, next))
      end = next
      if (!last) continue
      const whole = new Uint8Array(pending.subarray(0, end))
      pending = pending.subarray(end)
      return whole
    }
    const chunk = nextChunk()
    // Its last words, if there were any: why it hangs up.
    if (!chunk && pending.length === 0) throw new Error('the server closed the connection')
    if (!chunk) {
      const rest = pending
      pending = Buffer.alloc(0)
      return rest
    }
    pending = Buffer.concat([pending, chunk])
  }
}

const terminate = 'X'.charCodeAt(0)

/** As much of a PGlite as pg_dump uses. */
const connection = {
  execProtocolRawStream(message: Uint8Array, { onRawData }: { onRawData: (bytes: Uint8Array) => void }) {
    // A view of its memory, which moves on.
    port.postMessage(new Uint8Array(message))
    if (message[0] !== terminate) onRawData(answer())
  },
  // It asks for the search_path that it will have changed, and puts it back: this connection ends with it.
  query: async () => ({ rows: [{ search_path: 'public' }] }),
  exec: async () => [],
}

async function dump(): Promise<WorkerAnswer> {
  try {
    const pg = connection as unknown as Parameters<typeof pgDump>[0]['pg']
    const file = await pgDump({ pg, args: [...pgDumpArgs, '--dbname', conninfo] })
    return { sql: await file.text() }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { complaint: text.replace(/^pg_dump failed with exit code \d+\. \nError message: /, '').trim() }
  }
}

parentPort?.postMessage(await dump())
