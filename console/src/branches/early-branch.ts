import { type Early, early } from '../api/early.ts'
import { type Branch, branchesQuery, branchQuery } from '../api/queries.ts'

/** A branch, wherever it is shown, as it will be; `change` is asked about all of the project. */
export function earlyBranch(
  projectId: string,
  branchId: string,
  change: (branch: Branch) => Branch,
): Early[] {
  return [
    early(branchesQuery(projectId), reply => ({ ...reply, branches: reply.branches.map(change) })),
    early(branchQuery(projectId, branchId), reply => ({ ...reply, branch: change(reply.branch) })),
  ]
}

/** A change of the one alone. */
export function only(branchId: string, change: (branch: Branch) => Branch): (branch: Branch) => Branch {
  return branch => (branch.id === branchId ? change(branch) : branch)
}
