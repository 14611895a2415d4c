// A restore that failed and whose old data could not be put back at the time (the disk was away, say) has left a branch
// that nobody can connect to. At the start of control it is tried again, before anything else is.

import * as operations from '../../catalog/operations.ts'
import { branchRestore } from './branch-restore.ts'
import type { OperationContext } from './operation.ts'
import { undo } from './run.ts'

export async function finishRestores(context: OperationContext): Promise<void> {
  const { catalog, logger } = context.parts
  for (const operation of await operations.listUnfinishedRestores(catalog.db)) {
    logger.warn({ operation: operation.id, branch: operation.branch_id }, 'old data is put back')
    await undo(context, operation, branchRestore.steps)
  }
}
