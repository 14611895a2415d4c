// What the address of the operations' page keeps: the filters, and the operation that is looked at.

import {
  type OperationAction,
  type OperationStatus,
  operationActions,
} from '../../../src/contract/operations.ts'

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
  action?: OperationAction
  /** Its id. */
  branch?: string
  operation?: string
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function operationsSearch(search: Record<string, unknown>): OperationsSearch {
  const status = statusFilters.find(([id]) => id === search.status)?.[0]
  const action = operationActions.find(one => one === search.action)
  const text = (name: string) =>
    typeof search[name] === 'string' && search[name] !== '' && { [name]: search[name] }
  return { ...(status && { status }), ...(action && { action }), ...text('branch'), ...text('operation') }
}

/** Of a filter, the API's words. */
export function statusesOf(filter: StatusFilter): readonly OperationStatus[] {
  return statusFilters.find(([id]) => id === filter)![2]
}
