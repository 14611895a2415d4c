// What the address of the operations' page keeps: the filter, and the operation that is looked at.

import type { OperationStatus } from '../../../src/contract/operations.ts'

/** As people ask for them; each is one or more of the API's. */
export const statusFilters = [
  ['unfinished', 'Under way', ['scheduling', 'running', 'cancelling']],
  ['finished', 'Finished', ['finished']],
  ['failed', 'Failed', ['failed', 'error']],
  ['cancelled', 'Cancelled', ['cancelled']],
  ['skipped', 'Skipped', ['skipped']],
] as const satisfies (readonly [string, string, readonly OperationStatus[]])[]

export type StatusFilter = (typeof statusFilters)[number][0]

export interface OperationsSearch {
  status?: StatusFilter
  operation?: string
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function operationsSearch(search: Record<string, unknown>): OperationsSearch {
  const status = statusFilters.find(([id]) => id === search.status)?.[0]
  return {
    ...(status && { status }),
    ...(typeof search.operation === 'string' && search.operation !== '' && { operation: search.operation }),
  }
}

/** Whether an operation of that status is shown. */
export function isShown(status: OperationStatus, filter: StatusFilter | undefined): boolean {
  if (filter === undefined) return true
  const [, , statuses] = statusFilters.find(([id]) => id === filter)!
  return (statuses as readonly OperationStatus[]).includes(status)
}
