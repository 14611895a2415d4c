// Whether endpoint host names lead to this machine's listener, or clients need the form with options=endpoint%3D….

import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

/** A resolver that does not answer must not hold up the start. */
const lookupTimeoutMs = 2000

export async function hostNamesResolve(hostSuffix: string): Promise<boolean> {
  const mine = new Set(['127.0.0.1', '::1'])
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) mine.add(address)
  }
  const timeout = new Promise<never>((_, reject) =>
    setTimeout(reject, lookupTimeoutMs, new Error('timeout')).unref(),
  )
  try {
    const found = await Promise.race([lookup(`ep-probe-00000000.${hostSuffix}`, { all: true }), timeout])
    return found.some(({ address }) => mine.has(address))
  } catch {
    return false
  }
}
