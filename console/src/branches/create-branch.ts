import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import type { Operation } from '../api/follow-operations.ts'
import { tellRefusal } from '../api/tell-refusal.ts'
import { type ChosenExpiry, expiryMs } from './expiry.ts'
import { type MomentKind, momentWords } from './moment.ts'
import { updateBranch } from './update-branch.ts'

export interface NewBranch {
  /** Empty: its id. */
  name: string
  from: MomentKind | 'snapshot'
  parentId: string
  snapshotId: string
  timeMs: number | undefined
  lsn: string
  hasCompute: boolean
  isSchemaOnly: boolean
  expiry: ChosenExpiry
}

/** What to follow; the passwords that came along are nobody's business here. Throws ApiError. */
export async function createBranch(
  projectId: string,
  wanted: NewBranch,
): Promise<{ operations: Operation[] }> {
  const endMs = expiryMs(wanted.expiry, Date.now())
  const expiry = endMs === undefined ? {} : { expires_at: new Date(endMs).toISOString() }
  const named = wanted.name === '' ? {} : { name: wanted.name }
  if (wanted.from === 'snapshot') {
    const { branch, operations } = await call<typeof routes.restoreSnapshot>(
      'post',
      '/projects/{project_id}/snapshots/{snapshot_id}/restore',
      { params: { project_id: projectId, snapshot_id: wanted.snapshotId }, query: {}, body: named },
    )
    // The API's own call for this has no word for it. The branch is there by now, and stays where this is refused.
    if (endMs !== undefined) {
      await updateBranch(projectId, branch.id, expiry).catch((error: Error) =>
        tellRefusal(`Making ${branch.name} expire`, error),
      )
    }
    return { operations }
  }
  const { time, lsn } = momentWords({ ...wanted, kind: wanted.from })
  const { operations } = await call<typeof routes.createBranch>('post', '/projects/{project_id}/branches', {
    params: { project_id: projectId },
    body: {
      branch: {
        ...{ parent_id: wanted.parentId, ...named, ...expiry },
        ...(time !== undefined && { parent_timestamp: time }),
        ...(lsn !== undefined && { parent_lsn: lsn }),
        ...(wanted.isSchemaOnly && { init_source: 'schema-only' }),
      },
      ...(wanted.hasCompute && { endpoints: [{ type: 'read_write' as const }] }),
    },
  })
  return { operations }
}
