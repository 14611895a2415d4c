// A call that changes roles, databases or passwords of a branch: admitted, and entered in the queue.

import * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { Operation } from '../../catalog/operations.ts'
import type { ContentsChange } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { lockProject } from '../branches/branch-creation.ts'
import { enqueue } from './queue.ts'

/**
 * The branch, with its project locked. One that is still being made is no obstacle: the operations wait for it. Throws
 * project_not_found, branch_not_found, branch_not_ready.
 */
export async function admitBranch(trx: Db, projectId: string, branchId: string): Promise<branches.Branch> {
  await lockProject(trx, projectId)
  const branch = await branches.findShown(trx, projectId, branchId)
  if (!branch) throw new PilotlightError('branch_not_found')
  if (branch.state === 'failed') throw new PilotlightError('branch_not_ready')
  return branch
}

/**
 * apply_config, and suspend_compute where the compute sleeps now: it is woken for this alone. Without a change, what is
 * applied are new passwords. Throws too_many_operations.
 */
export async function enqueueApply(
  trx: Db,
  branch: branches.Branch,
  change?: ContentsChange,
): Promise<Operation[]> {
  const writer = await endpoints.findWriter(trx, branch.id)
  const endpoint = writer?.disabled ? undefined : writer
  const about = { project_id: branch.project_id, branch_id: branch.id, endpoint_id: endpoint?.id ?? null }
  const wasAsleep = endpoint?.state === 'suspended' && endpoint.started_at !== null
  return await enqueue(trx, [
    { ...about, action: 'apply_config', details: change ? { contents: change } : null },
    ...(wasAsleep ? [{ ...about, action: 'suspend_compute' as const, details: { unless_used: true } }] : []),
  ])
}
