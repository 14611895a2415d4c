// pg_dump in WebAssembly (@electric-sql/pglite-tools), for machines without a fitting program. It reads and writes its
// connection in calls that block, so it lives in a thread; the socket is here.

import { createConnection, type Socket } from 'node:net'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { pgDumpTimeoutMs, tookTooLong, tooLarge, withoutRestrictions } from './schema-pg-dump.ts'
import type { WorkerAnswer, WorkerTask } from './schema-pg-dump-worker.ts'

/** Of @electric-sql/pglite-tools 0.4.8: it reads all servers up to this one. */
export const wasmMajor = 18

/** It is an optional package. */
export function hasWasmPgDump(): boolean {
  try {
    import.meta.resolve('@electric-sql/pglite-tools/pg_dump')
    return true
  } catch {
    return false
  }
}

/** What the server may tell it: the catalogs of a schema that is itself at its limit take some times as much. */
const receivedBytes = 16 * limits.schemaBytes

/** Throws schema_dump_failed, schema_too_large. */
export async function runWasmPgDump(login: AdminLogin, database: string): Promise<string> {
  const { port1: ours, port2: theirs } = new MessageChannel()
  const arrivals = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const task: WorkerTask = { port: theirs, arrivals, conninfo: conninfo(login, database) }
  const worker = new Worker(new URL('./schema-pg-dump-worker.ts', import.meta.url), {
    workerData: task,
    transferList: [theirs],
  })
  const socket = login.host.startsWith('/')
    ? createConnection({ path: `${login.host}/.s.PGSQL.${login.port}` })
    : createConnection({ host: login.host, port: login.port, noDelay: true })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const timer = setTimeout(() => reject(tookTooLong()), pgDumpTimeoutMs)
  worker.once('error', cause => reject(new PilotlightError('internal', {}, { cause })))
  worker.once('exit', () => reject(new PilotlightError('internal')))
  worker.once('message', (answer: WorkerAnswer) => {
    if ('sql' in answer) resolve(answer.sql)
    else reject(new PilotlightError('schema_dump_failed', { detail: answer.complaint }))
  })
  join(socket, ours, arrivals, () => reject(tooLarge()))
  try {
    const sql = await promise
    if (Buffer.byteLength(sql) > limits.schemaBytes) throw tooLarge()
    return withoutRestrictions(sql)
  } finally {
    clearTimeout(timer)
    socket.destroy()
    ours.close()
    await worker.terminate()
  }
}

/** Each arrival is counted where the thread, which sleeps, is woken by it; null: the server has hung up. */
function join(socket: Socket, port: MessagePort, arrivals: Int32Array, tooMuch: () => void): void {
  let received = 0
  const arrived = (chunk: Uint8Array | null) => {
    port.postMessage(chunk)
    Atomics.add(arrivals, 0, 1)
    Atomics.notify(arrivals, 0)
  }
  port.on('message', (bytes: Uint8Array) => void socket.write(bytes))
  socket.on('data', chunk => {
    received += chunk.length
    if (received > receivedBytes) tooMuch()
    else arrived(new Uint8Array(chunk))
  })
  // What went wrong is the thread's to say: its connection is gone.
  socket.on('error', () => {})
  socket.on('close', () => arrived(null))
}

/** It has no environment. Its arguments are a string inside this process, not a command line. */
function conninfo({ user, password }: AdminLogin, database: string): string {
  const quoted = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`
  // Where the socket leads is not its to know; a host keeps it from looking for one.
  return Object.entries({
    host: '/',
    user,
    password,
    dbname: database,
    application_name: 'pilotlight-control',
  })
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(' ')
}
