// For whom this code runs: what it enters as an operation then says who asked for it.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { ApiKey } from '../catalog/api-keys.ts'
import type { OperationCause } from '../contract/operation-causes.ts'

const askers = new AsyncLocalStorage<OperationCause>()

/** Runs `work` for the holder of this key. */
export function askedBy<T>({ is_session, name }: ApiKey, work: () => T): T {
  const cause: OperationCause = is_session
    ? { by: 'request', via: 'console' }
    : { by: 'request', via: 'api', key_name: name }
  return askers.run(cause, work)
}

/** Without a caller it is of our own accord: a schedule, an expiry. */
export function causeOfNow(): OperationCause {
  return askers.getStore() ?? { by: 'pilotlight' }
}
