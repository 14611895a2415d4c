// Cuts a byte stream into messages: a type byte, a length that counts itself, and the body.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

/** The peer broke the protocol; the text is for the log and for the client's ErrorResponse. */
export class ProtocolViolation extends Error {
  constructor(detail: string) {
    super(detail)
    this.name = 'ProtocolViolation'
  }
}

export interface Frame {
  /** The type byte, as a one-character string: `R`, `p`, `Z`. */
  type: string
  body: Buffer
}

const headerBytes = 5
const lengthBytes = 4

/** Keeps the chunks it was given as they are, and joins them once per message: a large message costs one copy. */
export class ByteQueue {
  #chunks: Buffer[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  /** The first `count` bytes, left in place; null while there are fewer. */
  peek(count: number): Buffer | null {
    if (this.#length < count) return null
    const first = this.#chunks[0]
    if (count === 0 || !first) return Buffer.alloc(0)
    if (first.length >= count) return first.subarray(0, count)
    // Rare: a header that lies across chunks. Only what is asked for is copied.
    const joined = Buffer.allocUnsafe(count)
    let at = 0
    for (const chunk of this.#chunks) {
      at += chunk.copy(joined, at, 0, Math.min(chunk.length, count - at))
      if (at === count) break
    }
    return joined
  }

  take(count: number): Buffer | null {
    const bytes = this.peek(count)
    if (!bytes) return null
    this.#length -= count
    let left = count
    let whole = 0
    while (left > 0) {
      const chunk = this.#chunks[whole]!
      if (chunk.length > left) {
        this.#chunks[whole] = chunk.subarray(left)
        break
      }
      left -= chunk.length
      whole++
    }
    if (whole > 0) this.#chunks.splice(0, whole)
    return bytes
  }

  takeAll(): Buffer {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#length)
    this.#chunks = []
    this.#length = 0
    return bytes
  }
}

/** Takes the next message off the queue; null while it is not complete. A length beyond the bound is a violation. */
export function takeFrame(queue: ByteQueue, maxBodyBytes: number): Frame | null {
  const header = queue.peek(headerBytes)
  if (!header) return null
  const bodyBytes = header.readUInt32BE(1) - lengthBytes
  if (bodyBytes < 0) throw new ProtocolViolation('invalid message length')
  if (bodyBytes > maxBodyBytes) throw new ProtocolViolation('message is too long')
  const bytes = queue.take(headerBytes + bodyBytes)
  return bytes && { type: String.fromCharCode(bytes[0]!), body: bytes.subarray(headerBytes) }
}

/** Takes the next startup packet, which has a length and no type byte; gives its body. */
export function takeStartupPacket(queue: ByteQueue, maxBodyBytes: number): Buffer | null {
  const header = queue.peek(lengthBytes)
  if (!header) return null
  const bodyBytes = header.readUInt32BE(0) - lengthBytes
  // The request code or protocol version is always there.
  if (bodyBytes < 4) throw new ProtocolViolation('invalid length of startup packet')
  if (bodyBytes > maxBodyBytes) throw new ProtocolViolation('startup packet is too long')
  const bytes = queue.take(lengthBytes + bodyBytes)
  return bytes?.subarray(lengthBytes) ?? null
}

export function frame(type: string, ...parts: Buffer[]): Buffer {
  const bodyBytes = parts.reduce((sum, part) => sum + part.length, 0)
  const header = Buffer.allocUnsafe(headerBytes)
  header[0] = type.charCodeAt(0)
  header.writeUInt32BE(bodyBytes + lengthBytes, 1)
  return Buffer.concat([header, ...parts], headerBytes + bodyBytes)
}

export function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value | 0, 0)
  return bytes
}

/** A String of the manual: its bytes and a NUL. */
export const cstring = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8')
