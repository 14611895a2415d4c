// Lists of addresses as the server reads them (single ones, networks, ranges), so that a page can say beforehand whom a list
// would shut out. The server's own check is what counts.

interface Address {
  bits: 32 | 128
  value: bigint
}

/** IPv4 as people write it, and IPv6; an IPv4 address within IPv6 is that IPv4 address. Undefined: it is none. */
function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseV4(text)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1]
  if (mapped !== undefined) return parseV4(mapped)
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail] = halves.map(half => (half === '' ? [] : half.split(':')))
  const groups = tail
    ? [...head, ...Array<string>(Math.max(8 - head.length - tail.length, 0)).fill('0'), ...tail]
    : head
  if (groups.length !== 8 || !groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return { bits: 128, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) }
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined
  return { bits: 32, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) }
}

/** The first and the last address that an entry names. Undefined: it names none. */
function parseEntry(entry: string): { first: Address; last: Address } | undefined {
  const range = entry.split('-').map(part => parseAddress(part.trim()))
  if (range.length === 2) {
    const [first, last] = range
    return first && last && first.bits === last.bits && first.value <= last.value
      ? { first, last }
      : undefined
  }
  const [text = '', prefixText, ...more] = entry.split('/')
  const address = parseAddress(text.trim())
  if (!address || more.length > 0) return undefined
  if (prefixText === undefined) return { first: address, last: address }
  const prefix = Number(prefixText)
  if (!/^\d{1,3}$/.test(prefixText) || prefix > address.bits) return undefined
  const rest = (1n << BigInt(address.bits - prefix)) - 1n
  const first = address.value & ~rest
  return { first: { ...address, value: first }, last: { ...address, value: first | rest } }
}

export const isAddressEntry = (entry: string): boolean => parseEntry(entry) !== undefined

/** Whether a list lets an address in. An empty one lets in everybody. */
export function lets(entries: readonly string[], address: string): boolean {
  if (entries.length === 0) return true
  const wanted = parseAddress(address)
  return entries.some(entry => {
    const range = parseEntry(entry)
    return (
      wanted !== undefined &&
      range?.first.bits === wanted.bits &&
      range.first.value <= wanted.value &&
      wanted.value <= range.last.value
    )
  })
}

/** One entry a line, or between commas. */
export function entriesOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map(entry => entry.trim())
    .filter(entry => entry !== '')
}
