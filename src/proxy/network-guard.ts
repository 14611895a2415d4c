// From where a client may come: asked before its password, and before anything is woken. The address is that of the
// socket's other end.

import { PilotlightError } from '../contract/errors.ts'
import { isAllowed, isPrivateAddress, plainAddress } from '../lib/allow-list.ts'
import type { NetworkRules } from './ports.ts'

/** Throws network_blocked, address_not_allowed. `block public` supersedes the list, as at Neon. */
export function checkNetwork(rules: NetworkRules | undefined, address: string): void {
  if (!rules) return
  if (rules.blockPublic) {
    if (!isPrivateAddress(address)) throw new PilotlightError('network_blocked')
  } else if (!isAllowed(rules.allowedIps, address)) {
    throw new PilotlightError('address_not_allowed', { address: plainAddress(address) })
  }
}
