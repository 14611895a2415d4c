// An answer of one JSON object a line, sent as it comes about and no faster than it is read.

import type { Clock, Timer } from '../../lib/clock.ts'

export interface LineStreamOptions {
  clock: Pick<Clock, 'after'>
  /** After so much silence an empty line is sent. */
  aliveEveryMs: number
}

/** What may wait to be read: some lines, so that neither side waits for the other at each. */
const highWaterBytes = 262_144

export class LineStream {
  readonly #options: LineStreamOptions
  readonly #encoder = new TextEncoder()
  readonly #left = new AbortController()
  readonly body: ReadableStream<Uint8Array>
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #room: PromiseWithResolvers<void> | undefined
  #alive: Timer | undefined
  #isOver = false

  constructor(options: LineStreamOptions) {
    this.#options = options
    this.body = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this.#controller = controller
        },
        pull: () => this.#makeRoom(),
        cancel: () => {
          this.#close()
          this.#left.abort()
          this.#makeRoom()
        },
      },
      { highWaterMark: highWaterBytes, size: chunk => chunk.byteLength },
    )
    this.#watch()
  }

  /** Aborted when the reader has left. */
  get left(): AbortSignal {
    return this.#left.signal
  }

  /** Undefined: there is room for more. Else it settles once there is. What comes after the end is dropped. */
  write(line: unknown): Promise<void> | undefined {
    if (this.#isOver) return undefined
    this.#send(`${JSON.stringify(line)}\n`)
    if ((this.#controller.desiredSize ?? 0) > 0) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  end(): void {
    if (this.#isOver) return
    this.#close()
    this.#controller.close()
  }

  #send(text: string): void {
    this.#controller.enqueue(this.#encoder.encode(text))
    this.#watch()
  }

  #watch(): void {
    this.#alive?.cancel()
    this.#alive = this.#options.clock.after(this.#options.aliveEveryMs, () => {
      // Who does not read is not served for ever: the server then sees that nothing flows. They may read again, though.
      if ((this.#controller.desiredSize ?? 0) > 0) this.#send('\n')
      else this.#watch()
    })
  }

  #makeRoom(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  #close(): void {
    this.#isOver = true
    this.#alive?.cancel()
  }
}
