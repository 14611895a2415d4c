// Every operation that Pilotlight carries out, by its action.

import type { OperationAction } from '../../contract/operations.ts'
import { branchCreate, dataImport, timelineCreate } from './branch-create.ts'
import { branchDelete, branchHide } from './branch-delete.ts'
import { branchExport } from './branch-export.ts'
import { branchFinalize } from './branch-finalize.ts'
import { branchRestore } from './branch-restore.ts'
import { computeStart } from './compute-start.ts'
import { computeSuspend } from './compute-suspend.ts'
import type { OperationDefinition } from './operation.ts'
import { rolesApply } from './roles-apply.ts'
import { rowsRemove } from './rows-remove.ts'
import { storageConfig } from './storage-config.ts'

const all: OperationDefinition[] = [
  ...[timelineCreate, branchCreate, dataImport, rowsRemove],
  ...[branchDelete, branchHide, branchRestore, branchFinalize, branchExport],
  ...[computeStart, computeSuspend, rolesApply, storageConfig],
]

export const definitions: ReadonlyMap<OperationAction, OperationDefinition> = new Map(
  all.map(definition => [definition.action, definition]),
)
