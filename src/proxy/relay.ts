// Copies bytes both ways for as long as a session lasts. The hot path: functions are bound once per session, nothing is
// allocated per chunk, and a side that does not take its bytes stops the other from being read.

import type { Socket } from 'node:net'
import type { Clock, Timer } from '../lib/clock.ts'

export interface RelayOptions {
  client: Socket
  compute: Socket
  clock: Pick<Clock, 'after'>
  /** For every chunk from the client. */
  touched(): void
  /** For every chunk to the client. */
  sent(bytes: number): void
  /**
   * The client broke off in the midst of something: the compute should stop working for it. Called again, later each time,
   * until it has: a request to cancel that overtakes the statement finds nothing to stop (manual, Canceling Requests in
   * Progress), and the statement behind it would run to its end for nobody.
   */
  abandoned(): void
  /** An ErrorResponse for a client whose compute went without a word. */
  lastWords(): Buffer
}

export type RelayEnd = 'client closed' | 'client lost' | 'compute closed'

/** A side that was told to end gets so long to read what is on its way. */
const lingerMs = 30_000

const firstAgainMs = 50

/** Terminate (`X`, length 4): a client that says goodbye. */
const terminateBytes = 5
/** ReadyForQuery (`Z`, length 5, status). */
const readyBytes = 6

export class Relay {
  bytesFromClient = 0
  bytesFromCompute = 0
  readonly #options: RelayOptions
  readonly #done = Promise.withResolvers<RelayEnd>()
  #end: RelayEnd | null = null
  #saidGoodbye = false
  /** Whether the compute's last bytes were a ReadyForQuery, and nothing was asked since. */
  #atRest = true
  /** Whether the compute's last bytes were a ReadyForQuery: a message of ours may follow them. */
  #betweenMessages = true
  #clientOpen = true
  #computeOpen = true
  #again: Timer | undefined
  #againMs = firstAgainMs

  constructor(options: RelayOptions) {
    this.#options = options
  }

  /** True between two requests: then an ErrorResponse of ours does not fall into the midst of a message. */
  get atRest(): boolean {
    return this.#atRest
  }

  /** Settles when both sockets are closed. */
  run(earlyFromClient: Buffer, earlyFromCompute: Buffer): Promise<RelayEnd> {
    const { client, compute } = this.#options
    client.on('data', this.#fromClient)
    client.on('drain', this.#clientDrained)
    client.on('end', this.#clientEnded)
    client.on('close', this.#clientClosed)
    compute.on('data', this.#fromCompute)
    compute.on('drain', this.#computeDrained)
    compute.on('end', this.#computeEnded)
    compute.on('close', this.#computeClosed)
    if (earlyFromCompute.length > 0) this.#fromCompute(earlyFromCompute)
    if (earlyFromClient.length > 0) this.#fromClient(earlyFromClient)
    // What happened while nobody listened does not happen again.
    if (client.destroyed) this.#clientClosed()
    else if (client.readableEnded) this.#clientEnded()
    if (compute.destroyed) this.#computeClosed()
    else if (compute.readableEnded) this.#computeEnded()
    if (!compute.writableNeedDrain) client.resume()
    if (!client.writableNeedDrain) compute.resume()
    return this.#done.promise
  }

  readonly #fromClient = (chunk: Buffer): void => {
    const { client, compute } = this.#options
    const { length } = chunk
    this.bytesFromClient += length
    this.#atRest = false
    this.#saidGoodbye =
      length >= terminateBytes && chunk[length - 5] === 0x58 && chunk.readUInt32BE(length - 4) === 4
    this.#options.touched()
    if (compute.writable && !compute.write(chunk)) client.pause()
  }

  readonly #fromCompute = (chunk: Buffer): void => {
    const { client, compute } = this.#options
    const { length } = chunk
    this.bytesFromCompute += length
    this.#betweenMessages =
      length >= readyBytes && chunk[length - 6] === 0x5a && chunk.readUInt32BE(length - 5) === 5
    this.#atRest = this.#betweenMessages
    if (!client.writable) return
    this.#options.sent(length)
    if (!client.write(chunk)) compute.pause()
  }

  readonly #clientDrained = (): void => {
    this.#options.compute.resume()
  }

  readonly #computeDrained = (): void => {
    this.#options.client.resume()
  }

  readonly #clientEnded = (): void => {
    this.#clientLeft()
    this.#finish(this.#options.compute)
  }

  readonly #clientClosed = (): void => {
    this.#clientLeft()
    // Nobody reads what the compute still says; where it is at work, its end is what tells that it has stopped.
    if (this.#end === 'client lost') {
      this.#finish(this.#options.compute)
      // It may have waited for the client to take what it said.
      this.#options.compute.resume()
    } else this.#options.compute.destroy()
    this.#clientOpen = false
    this.#closed()
  }

  #clientLeft(): void {
    if (this.#end) return
    const broken = !this.#saidGoodbye && !this.#atRest
    this.#end = broken ? 'client lost' : 'client closed'
    if (broken) this.#abandon()
  }

  #abandon(): void {
    if (!this.#computeOpen) return
    this.#options.abandoned()
    this.#again = this.#options.clock.after(this.#againMs, () => this.#abandon())
    this.#againMs *= 2
  }

  readonly #computeEnded = (): void => {
    this.#computeLeft()
    this.#finish(this.#options.client)
  }

  /**
   * Postgres says why before it hangs up, but its words are lost if we were writing to it at that moment: a failed write
   * closes a socket unread. The client is then told by us.
   */
  #computeLeft(): void {
    if (this.#end) return
    this.#end = 'compute closed'
    const { client } = this.#options
    if (this.#betweenMessages && !this.#saidGoodbye && client.writable)
      client.write(this.#options.lastWords())
  }

  readonly #computeClosed = (): void => {
    this.#computeLeft()
    // Whatever was read from the compute is written first: its last words say why.
    this.#finish(this.#options.client)
    this.#computeOpen = false
    this.#again?.cancel()
    this.#closed()
  }

  #finish(socket: Socket): void {
    if (socket.destroyed) return
    if (!socket.writableEnded) {
      socket.end()
      this.#options.clock.after(lingerMs, () => socket.destroy())
      // Once its own end was said too, the socket closes by itself; ours is to read up to that point.
      socket.resume()
    }
  }

  #closed(): void {
    if (!this.#clientOpen && !this.#computeOpen) this.#done.resolve(this.#end ?? 'client closed')
  }
}
