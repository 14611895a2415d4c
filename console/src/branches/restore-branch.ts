import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'

interface Restore {
  sourceId: string
  /** Neither of them: its newest state. */
  moment: { time?: string; lsn?: string }
  /** Empty: the old state is not kept. */
  keepAs: string
}

/** Throws ApiError. */
export function restoreBranch(
  projectId: string,
  branchId: string,
  { sourceId, moment, keepAs }: Restore,
): Promise<Reply<typeof routes.restoreBranch>> {
  return call<typeof routes.restoreBranch>('post', '/projects/{project_id}/branches/{branch_id}/restore', {
    params: { project_id: projectId, branch_id: branchId },
    body: {
      source_branch_id: sourceId,
      ...(moment.time !== undefined && { source_timestamp: moment.time }),
      ...(moment.lsn !== undefined && { source_lsn: moment.lsn }),
      ...(keepAs !== '' && { preserve_under_name: keepAs }),
    },
  })
}
