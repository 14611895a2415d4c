// Lists of addresses from which clients may come: single ones, networks (`10.0.0.0/8`) and ranges (`10.0.0.1-10.0.0.9`),
// of both families.

import { BlockList, isIP } from 'node:net'
import { addressFamily, parseNetwork } from './network.ts'

/** Adds what an entry names; false: it names nothing. */
function add(list: BlockList, entry: string): boolean {
  const text = entry.trim()
  const [first = '', last, ...more] = text.split('-').map(part => part.trim())
  try {
    if (last !== undefined) {
      if (more.length > 0 || isIP(first) === 0 || isIP(first) !== isIP(last) || text.includes('%'))
        return false
      // Throws where it runs backwards.
      list.addRange(first, last, addressFamily(first))
      return true
    }
    const network = parseNetwork(text)
    if (!network) return false
    list.addSubnet(network.address, network.prefix, network.family)
    return true
  } catch {
    return false
  }
}

/** Whether it is an address, a network or a range. */
export function isAllowListEntry(entry: string): boolean {
  return add(new BlockList(), entry)
}

/** An empty list allows everybody; what names nothing matches nobody. */
export function isAllowed(entries: readonly string[], address: string): boolean {
  if (entries.length === 0) return true
  const list = new BlockList()
  for (const entry of entries) add(list, entry)
  const plain = plainAddress(address)
  return isIP(plain) !== 0 && list.check(plain, addressFamily(plain))
}

/** An IPv4 address that came over an IPv6 socket is that IPv4 address; a zone says which cable, not who. */
export function plainAddress(address: string): string {
  const bare = address.split('%')[0]!
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare
}

/** Loopback, and what is never routed on the internet (RFC 1918, 3927, 4193, 4291, 6598). */
const privateNetworks = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
]

export function isPrivateAddress(address: string): boolean {
  return isAllowed(privateNetworks, address)
}
