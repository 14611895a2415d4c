// What may be asked of a compute now, and why not: the contract's table, and what would change nothing.

import {
  type ComputeAction,
  type ComputeState,
  computeActions,
} from '../../../src/contract/compute-states.ts'
import { defaults } from '../../../src/contract/defaults.ts'
import type { Endpoint } from '../api/queries.ts'

type Shown = Pick<Endpoint, 'current_state' | 'pending_state' | 'disabled'>

/** One that failed is shown as asleep: the API tells no difference, and the same may be asked of both. */
export function stateOf({ current_state, pending_state }: Omit<Shown, 'disabled'>): ComputeState {
  if (pending_state === 'active') return 'starting'
  if (pending_state === 'idle') return 'stopping'
  return current_state === 'active' ? 'running' : 'suspended'
}

const pointless: Partial<Record<ComputeAction, Partial<Record<ComputeState, string>>>> = {
  start: { running: 'It is awake already', starting: 'It is waking already' },
  suspend: { suspended: 'It is asleep already' },
  restart: { suspended: 'It is asleep: its next start is a fresh one anyway' },
}

/** Why it cannot be done, or need not be; undefined: it can. */
export function refusalOf(action: ComputeAction, endpoint: Shown): string | undefined {
  const state = stateOf(endpoint)
  const allowed: readonly ComputeState[] = computeActions[action]
  if (!allowed.includes(state)) {
    return state === 'starting'
      ? 'It is waking: wait until it is awake'
      : 'It is going to sleep: wait until it sleeps'
  }
  if (endpoint.disabled && action !== 'suspend') return 'It is disabled: enable it first'
  return pointless[action]?.[state]
}

/** In seconds; undefined: never. 0 of an endpoint is the installation's own. */
export function suspendAfterSeconds(ofEndpoint: number, ofInstallation: number): number | undefined {
  const seconds = ofEndpoint || ofInstallation || defaults.suspendTimeoutSeconds
  return seconds < 0 ? undefined : seconds
}
