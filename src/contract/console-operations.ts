// GET /api/console/operations and /api/console/operations/{id}: operations with why they were begun, and their steps.

import { z } from 'zod'
import { idText } from './console-names.ts'
import { limits } from './limits.ts'
import type { OperationCause, OperationStep } from './operation-causes.ts'
import {
  type OperationAction,
  type OperationStatus,
  operationActions,
  operationStatuses,
} from './operations.ts'

/** Several, by commas. */
const listOf = <T extends string>(values: readonly T[]) =>
  z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(values as readonly [T, ...T[]])).max(values.length))

export const consoleOperationsSchema = z.object({
  project_id: idText,
  status: listOf(operationStatuses).optional(),
  action: listOf(operationActions).optional(),
  branch_id: idText.optional(),
  limit: z.coerce.number().int().min(1).max(limits.operationListMax).default(50),
  cursor: z.string().max(500).optional(),
})
export type ConsoleOperationsQuery = z.input<typeof consoleOperationsSchema>

export interface ConsoleOperations {
  operations: ConsoleOperation[]
  /** Missing: there are no earlier ones. */
  cursor?: string
}

/** Times are RFC 3339, to the millisecond. */
export interface ConsoleOperation {
  id: string
  project_id: string
  branch_id: string | null
  endpoint_id: string | null
  action: OperationAction
  status: OperationStatus
  error: string | null
  /** What to do about the error; null: no general advice is known. */
  remedy: string | null
  failures_count: number
  retry_at: string | null
  cause: OperationCause | null
  /** Null: it has none, as what is carried out in line; or it was before they were kept. */
  steps: OperationStep[] | null
  created_at: string
  /** Null: it waits for its turn. */
  started_at: string | null
  finished_at: string | null
}

export interface ConsoleOperationDetails {
  operation: ConsoleOperation
  /** All of the same call, in their order; they are carried out one after the other. */
  call: Pick<ConsoleOperation, 'id' | 'action' | 'status'>[]
}
