/** A word of the address; the router reads one of digits as a number, and `true` as no text. Undefined: there is none. */
export function searchWord(value: unknown): string | undefined {
  const isWord = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isWord && value !== '' ? String(value) : undefined
}
