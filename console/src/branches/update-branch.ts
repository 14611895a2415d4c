import type * as routes from '../../../src/contract/routes/index.ts'
import { type CallParts, call, type Reply } from '../api/call.ts'

type Change = CallParts<typeof routes.updateBranch>['body']['branch']

/** Throws ApiError. */
export function updateBranch(
  projectId: string,
  branchId: string,
  change: Change,
): Promise<Reply<typeof routes.updateBranch>> {
  return call<typeof routes.updateBranch>('patch', '/projects/{project_id}/branches/{branch_id}', {
    params: { project_id: projectId, branch_id: branchId },
    body: { branch: change },
  })
}
