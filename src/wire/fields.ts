// Reads the fields of one message body in order, and never past its end.

import { ProtocolViolation } from './frames.ts'

export class FieldReader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  get rest(): number {
    return this.#body.length - this.#at
  }

  byte(): number {
    return this.bytes(1)[0]!
  }

  int32(): number {
    return this.bytes(4).readInt32BE(0)
  }

  bytes(count: number): Buffer {
    if (count < 0 || count > this.rest) throw new ProtocolViolation('message is shorter than its fields')
    const bytes = this.#body.subarray(this.#at, this.#at + count)
    this.#at += count
    return bytes
  }

  cstring(): string {
    const end = this.#body.indexOf(0, this.#at)
    if (end < 0) throw new ProtocolViolation('string without terminator')
    const text = utf8(this.#body.subarray(this.#at, end))
    this.#at = end + 1
    return text
  }

  end(): void {
    if (this.rest !== 0) throw new ProtocolViolation('message is longer than its fields')
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw new ProtocolViolation('text is not valid UTF-8')
  }
}
