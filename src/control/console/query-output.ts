// The lines of an answer, in their order, no faster than the browser takes them: meanwhile the session is not read.

import type { ConsoleQueryLine } from '../../contract/console-query.ts'

/** Where lines go. */
export interface LineSink {
  /** Undefined: there is room for more. Else it settles once there is; it never rejects. */
  write(line: ConsoleQueryLine): Promise<void> | undefined
}

/** What brings more to tell. */
export interface Source {
  pause(): void
  resume(): void
}

export class QueryOutput {
  readonly #sink: LineSink
  #source: Source | undefined
  #waiting = 0
  #tail: Promise<void> = Promise.resolve()
  #fault: unknown

  constructor(sink: LineSink) {
    this.#sink = sink
  }

  /** Held up while lines wait. */
  from(source: Source): void {
    this.#source = source
  }

  /** A line that is still being made holds back those after it. It never rejects. */
  send(line: ConsoleQueryLine | Promise<ConsoleQueryLine>): void {
    if (this.#waiting === 0 && !(line instanceof Promise)) {
      const room = this.#sink.write(line)
      if (room) this.#wait(() => room)
      return
    }
    this.#wait(async () => await this.#sink.write(await line))
  }

  #wait(work: () => Promise<void>): void {
    this.#waiting++
    this.#source?.pause()
    this.#tail = this.#tail
      .then(work)
      .catch(error => {
        this.#fault ??= error
      })
      .then(() => {
        this.#waiting--
        if (this.#waiting === 0) this.#source?.resume()
      })
  }

  /** All that was sent has been written. Throws what a line threw that could not be. */
  async flushed(): Promise<void> {
    await this.#tail
    if (this.#fault !== undefined) throw this.#fault
  }
}
