// IP addresses and networks as people write them.

import { isIP } from 'node:net'

export interface Network {
  address: string
  prefix: number
  family: 'ipv4' | 'ipv6'
}

/** An IP address alone is the network of one. Undefined: it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefixText, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || more.length > 0) return undefined
  const longest = version === 4 ? 32 : 128
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined
  const prefix = prefixText === undefined ? longest : Number(prefixText)
  return prefix <= longest ? { address, prefix, family: addressFamily(address) } : undefined
}

export function addressFamily(address: string): Network['family'] {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

/** Every address of the machine: what to listen on, and nothing to connect to. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address)
}
