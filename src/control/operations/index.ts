// Every operation that Pilotlight carries out, by its action.

import type { OperationAction } from '../../contract/operations.ts'
import { branchCreate, timelineCreate } from './branch-create.ts'
import { branchDelete } from './branch-delete.ts'
import { computeStart } from './compute-start.ts'
import { computeSuspend } from './compute-suspend.ts'
import type { OperationDefinition } from './operation.ts'
import { rolesApply } from './roles-apply.ts'

const all: OperationDefinition[] = [
  timelineCreate,
  branchCreate,
  branchDelete,
  computeStart,
  computeSuspend,
  rolesApply,
]

export const definitions: ReadonlyMap<OperationAction, OperationDefinition> = new Map(
  all.map(definition => [definition.action, definition]),
)
