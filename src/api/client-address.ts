// From where a request comes: the peer of its connection, or whom a reverse proxy of ours says that it speaks for.

import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'
import { addressFamily, parseNetwork } from '../lib/network.ts'

/** Who may tell us in `X-Forwarded-For` for whom it asks. From anybody else the header is only a claim. */
export class TrustedProxies {
  readonly #list = new BlockList()

  /** `addresses`: IP addresses, and networks such as 10.0.0.0/8. Throws RangeError for anything else. */
  constructor(addresses: readonly string[] = []) {
    for (const text of addresses) {
      const network = parseNetwork(text)
      if (!network) throw new RangeError(`${JSON.stringify(text)} is no IP address and no network`)
      this.#list.addSubnet(network.address, network.prefix, network.family)
    }
  }

  has(address: string): boolean {
    return this.#list.check(address, addressFamily(address))
  }
}

/**
 * The client's IP address, for the audit log and for limits; empty where there is no connection (a test that calls the
 * app itself). Each proxy adds whom it heard from at the right end of `X-Forwarded-For`, and a client may have written
 * anything to the left of that: so we walk from the right for as long as who speaks is trusted.
 */
export function clientAddress(c: Context, trusted: TrustedProxies): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } }
  return originalAddress(incoming?.socket?.remoteAddress ?? '', c.req.header('X-Forwarded-For'), trusted)
}

/** The walk itself. `peer` is the address at the other end of the connection. */
export function originalAddress(
  peer: string,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string {
  let client = plainAddress(peer)
  if (forwardedFor === undefined) return client
  const heardFrom = forwardedFor.split(',').map(part => plainAddress(part.trim()))
  while (isIP(client) && trusted.has(client)) {
    const previous = heardFrom.pop()
    // A trusted proxy that writes `unknown` or a name: it is the best that we know.
    if (previous === undefined || isIP(previous) === 0) break
    client = previous
  }
  return client
}

/** Without a port, brackets or the IPv6 clothes of an IPv4 address: one client, one spelling. */
function plainAddress(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1]
  const bare = bracketed ?? /^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/.exec(text)?.[1] ?? text
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(bare)?.[1] ?? bare
}
