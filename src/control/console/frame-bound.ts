// Messages of Postgres's that are too large to be held: a value may have a gigabyte, and a driver collects a whole message
// before it looks at it. What only tells data is left out; the rest of the stream goes on as it is.

import type { Duplex } from 'node:stream'

/** A type and a length (manual, Message Formats). */
const headerBytes = 5

const codesOf = (letters: string) => new Set([...letters].map(letter => letter.charCodeAt(0)))

/** DataRow, CopyData: whoever reads the result misses them. */
const rows = codesOf('Dd')
/** NoticeResponse, NotificationResponse: without them the conversation still makes sense, too. */
const asides = codesOf('NA')

export interface FrameBoundOptions {
  /** Of one message. */
  maxBytes: number
  pass(bytes: Buffer): void
  /** A row was left out. */
  leftOut(): void
  /** One that cannot be left out: the conversation is over. */
  tooLarge(): void
}

/** The driver's messages from this socket, from now on. */
export function boundMessages(socket: Duplex, options: Omit<FrameBoundOptions, 'pass'>): void {
  const [parse] = socket.listeners('data') as ((bytes: Buffer) => void)[]
  if (!parse) throw new Error('nobody reads the session')
  const bound = new FrameBound({ ...options, pass: parse })
  socket.on('data', (chunk: Buffer) => bound.push(chunk))
  socket.off('data', parse)
}

export class FrameBound {
  readonly #options: FrameBoundOptions
  /** Of a header that is torn over two chunks. */
  #torn: Buffer = Buffer.alloc(0)
  /** Of the message under way. */
  #restBytes = 0
  #isLeftOut = false
  #isOver = false

  constructor(options: FrameBoundOptions) {
    this.#options = options
  }

  push(chunk: Buffer): void {
    const bytes = this.#torn.length > 0 ? Buffer.concat([this.#torn, chunk]) : chunk
    this.#torn = Buffer.alloc(0)
    /** From where on bytes are to be passed. */
    let from = 0
    let at = 0
    const passUpTo = (end: number) => {
      if (end > from) this.#options.pass(bytes.subarray(from, end))
    }
    while (at < bytes.length && !this.#isOver) {
      if (this.#restBytes > 0) {
        const step = Math.min(this.#restBytes, bytes.length - at)
        at += step
        this.#restBytes -= step
        if (this.#isLeftOut) from = at
        continue
      }
      if (bytes.length - at < headerBytes) {
        passUpTo(at)
        this.#torn = Buffer.from(bytes.subarray(at))
        return
      }
      const bodyBytes = bytes.readUInt32BE(at + 1) - (headerBytes - 1)
      this.#isLeftOut = bodyBytes > this.#options.maxBytes
      this.#restBytes = bodyBytes
      if (this.#isLeftOut) {
        passUpTo(at)
        this.#leaveOut(bytes[at]!)
      }
      at += headerBytes
      if (this.#isLeftOut) from = at
    }
    if (!this.#isOver) passUpTo(at)
  }

  #leaveOut(type: number): void {
    if (rows.has(type)) {
      this.#options.leftOut()
    } else if (!asides.has(type)) {
      this.#isOver = true
      this.#options.tooLarge()
    }
  }
}
