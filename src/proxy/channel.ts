// A socket while messages are exchanged on it one by one: handshake, authentication, login to the compute. Promises are
// fine here; the relay that follows uses none.

import type { Socket } from 'node:net'
import { ByteQueue, type Frame, takeFrame } from '../wire/index.ts'

/** The peer went away. Nobody is left to tell. */
export class ChannelClosed extends Error {
  constructor(cause?: unknown) {
    super('connection closed', { cause })
    this.name = 'ChannelClosed'
  }
}

/** A peer that talks ahead is read so far and no further, until somebody asks for more. */
const maxAheadBytes = 65_536

export class Channel {
  readonly socket: Socket
  readonly #queue = new ByteQueue()
  readonly #gone = Promise.withResolvers<ChannelClosed>()
  #closed: ChannelClosed | null = null
  #wake: (() => void) | null = null

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onEnd)
    socket.on('error', this.#onError)
    if (socket.destroyed) this.#onEnd()
  }

  /** Settles, never rejects, when the peer goes away while this channel has the socket. */
  get gone(): Promise<ChannelClosed> {
    return this.#gone.promise
  }

  get closed(): boolean {
    return this.#closed !== null
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#queue.push(chunk)
    if (this.#queue.length > maxAheadBytes && !this.#wake) this.socket.pause()
    this.#wake?.()
  }

  readonly #onEnd = (): void => this.#close(new ChannelClosed())
  readonly #onError = (error: Error): void => this.#close(new ChannelClosed(error))

  #close(reason: ChannelClosed): void {
    if (this.#closed) return
    this.#closed = reason
    this.#gone.resolve(reason)
    this.#wake?.()
  }

  /** Waits until `take` finds what it wants in the queue. What `take` throws, the reader gets. */
  async read<T>(take: (queue: ByteQueue) => T | null): Promise<T> {
    for (;;) {
      const taken = take(this.#queue)
      if (taken !== null) return taken
      if (this.#closed) throw this.#closed
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      this.socket.resume()
      await promise
      this.#wake = null
    }
  }

  readFrame(maxBodyBytes: number): Promise<Frame> {
    return this.read(queue => takeFrame(queue, maxBodyBytes))
  }

  write(bytes: Buffer): void {
    if (!this.#closed && this.socket.writable) this.socket.write(bytes)
  }

  /** Hands the socket on, paused, with the bytes that came and were not read. Errors stay caught. */
  release(): Buffer {
    const { socket } = this
    socket.pause()
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onEnd)
    socket.off('error', this.#onError)
    socket.on('error', ignore)
    return this.#queue.takeAll()
  }
}

/** An error is always followed by `close`, which whoever has the socket listens to. */
function ignore(): void {}
