// What the proxy needs from whoever knows the endpoints. main.ts plugs in the answer; tests plug in a script.

import type { PastMoment } from '../contract/moment.ts'

export interface RoleSecret {
  /** A SCRAM-SHA-256 verifier (lib/scram-verifier.ts), or null: no such role, or no such endpoint. */
  verifier: string | null
  /** From where the endpoint's clients may come, whoever they say they are; undefined: from anywhere. */
  network?: NetworkRules | undefined
}

export interface NetworkRules {
  /** Addresses, networks and ranges (lib/allow-list.ts); empty: all. */
  allowedIps: string[]
  /** Only private addresses. */
  blockPublic: boolean
}

/** Who may log in. */
export interface Access {
  /**
   * `endpoint` is as the client named it, `-pooler` included, or a branch (`br-…`). It is the role of now whatever moment
   * the client wants to see. Answers from a cache where it can.
   */
  roleSecret(endpoint: string, role: string): Promise<RoleSecret>
  /** A login did not match: ask the running compute, past the cache, whether the role was changed in SQL. */
  refreshRoleSecret(endpoint: string, role: string): Promise<RoleSecret>
}

export interface ComputeAddress {
  endpointId: string
  /** A directory: its Unix socket `.s.PGSQL.<port>`; anything else is a TCP host. */
  host: string
  port: number
  /** True if it came from the cache: it may be stale, and deserves one more try through `wake`. */
  cached: boolean
  /** True if the compute had to be started for this call. */
  started: boolean
}

/** For whom a compute is woken: people are told, where it was asleep. */
export interface Waker {
  role: string
  database: string
  /** Empty: it does not say. */
  application: string
  address: string
}

/** Brings an endpoint's compute up, or one that shows its branch at a past moment. Any number of callers cause one start. */
export interface Wake {
  /**
   * Throws PilotlightError: endpoint_gone, endpoint_disabled, compute_start_failed, compute_wake_timeout,
   * control_unreachable; with a moment also moment_out_of_window, moment_in_future, moments_limit.
   */
  wake(endpoint: string, moment?: PastMoment | null, waker?: Waker): Promise<ComputeAddress>
  /** The address did not answer, or answered that it is shutting down: forget it. */
  forget(endpoint: string, moment?: PastMoment | null): void
}

/** Told when bytes flow, so that idleness can be judged without asking the compute. */
export interface Activity {
  opened(endpointId: string): void
  /** Called for every chunk that is relayed: it has to be as cheap as storing a number. */
  touched(endpointId: string): void
  /** So many bytes went to the client: as cheap as `touched`, which it implies. */
  sent(endpointId: string, bytes: number): void
  closed(endpointId: string): void
}
