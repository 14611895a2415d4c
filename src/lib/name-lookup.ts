// Where a host name leads, as seen from this machine.

import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

export interface FoundName {
  addresses: string[]
  /** Those of them that are this machine's. */
  own: string[]
}

/** Throws what the resolver says, with its `code`; ETIMEOUT where it does not answer in time. */
export async function lookUpName(name: string, timeoutMs: number): Promise<FoundName> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })),
    timeoutMs,
  )
  try {
    const found = await Promise.race([lookup(name, { all: true }), late.promise])
    const mine = ownAddresses()
    const addresses = [...new Set(found.map(({ address }) => address))]
    return { addresses, own: addresses.filter(address => mine.has(address)) }
  } finally {
    clearTimeout(timer)
  }
}

function ownAddresses(): Set<string> {
  const mine = new Set(['127.0.0.1', '::1'])
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) mine.add(address)
  }
  return mine
}
