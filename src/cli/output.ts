// The one place that writes: results on stdout, progress and questions on stderr, so that stdout can be piped.

import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'
import { type Cell, formatTable } from './table.ts'

export interface Writable {
  write(text: string): unknown
  isTTY?: boolean | undefined
}

export interface Io {
  stdout: Writable
  stderr: Writable
  env: Record<string, string | undefined>
  stdin?: NodeJS.ReadableStream & { isTTY?: boolean | undefined }
}

export type Tone = 'good' | 'bad' | 'doubtful' | 'quiet' | 'strong'
const styles = { good: 'green', bad: 'red', doubtful: 'yellow', quiet: 'gray', strong: 'bold' } as const

export class Output {
  readonly #io: Io
  readonly #coloured: boolean
  #progressShown = false

  constructor(io: Io) {
    this.#io = io
    this.#coloured = io.stdout.isTTY === true && !io.env.NO_COLOR && io.env.TERM !== 'dumb'
  }

  line(text = ''): void {
    this.#io.stdout.write(`${text}\n`)
  }

  /** For people who watch; programs read stdout. */
  note(text: string): void {
    this.endProgress()
    this.#io.stderr.write(`${text}\n`)
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, 2))
  }

  table(head: string[], rows: Cell[][], whenEmpty: string): void {
    const paint = (text: string, tone: Tone) => this.tone(text, tone)
    this.line(rows.length > 0 ? formatTable(head, rows, paint) : whenEmpty)
  }

  tone(text: string, tone: Tone): string {
    return this.#coloured ? styleText(styles[tone], text, { validateStream: false }) : text
  }

  /** One line that is written over and over. Nothing where nobody watches. */
  progress(text: string): void {
    if (!this.#io.stderr.isTTY) return
    this.#progressShown = true
    this.#io.stderr.write(`\r\u001b[K${text}`)
  }

  endProgress(): void {
    if (!this.#progressShown) return
    this.#progressShown = false
    this.#io.stderr.write('\r\u001b[K')
  }

  /** Undefined where there is nobody to ask. */
  async ask(question: string): Promise<string | undefined> {
    const stdin = this.#io.stdin ?? process.stdin
    if (!stdin.isTTY || !this.#io.stderr.isTTY) return undefined
    const reader = createInterface({ input: stdin, output: this.#io.stderr as NodeJS.WritableStream })
    // Ctrl-C and Ctrl-D close the reader, and are an answer too: no.
    const closed = new Promise<string>(resolve => reader.once('close', () => resolve('')))
    try {
      return await Promise.race([reader.question(question).catch(() => ''), closed])
    } finally {
      reader.close()
    }
  }
}
