// One JSON object a line, as the bytes come in: a line may be torn over two chunks, and so may a character.

export class NdjsonLines {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #rest = ''

  /** The lines that these bytes complete. Throws SyntaxError or TypeError at what is no JSON or no UTF-8. */
  push(bytes: Uint8Array): unknown[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.filter(line => line !== '').map(line => JSON.parse(line) as unknown)
  }
}
