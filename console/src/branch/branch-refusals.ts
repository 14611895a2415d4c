// What the API would refuse on a branch's page: here one need not try.

import { limits } from '../../../src/contract/limits.ts'

interface Stated {
  current_state: string
}

/** Why nothing of its roles and databases can be changed; undefined: it can. What is still being made is waited for. */
export function contentsRefusal({ current_state }: Stated): string | undefined {
  return current_state === 'failed' ? 'Its data could not be made' : undefined
}

export function roleRefusal(branch: Stated, roles: number): string | undefined {
  return contentsRefusal(branch) ?? full(roles, limits.rolesPerBranch, 'roles')
}

/** `owners`: roles that could own it. */
export function databaseRefusal(branch: Stated, databases: number, owners: number): string | undefined {
  return (
    contentsRefusal(branch) ??
    (owners === 0 ? 'There is no role yet that could own it' : undefined) ??
    full(databases, limits.databasesPerBranch, 'databases')
  )
}

/** `snapshots`: of the whole project. */
export function snapshotRefusal(branch: Stated, snapshots: number): string | undefined {
  return contentsRefusal(branch) ?? full(snapshots, limits.snapshotsPerProject, 'snapshots in the project')
}

function full(count: number, limit: number, nouns: string): string | undefined {
  return count >= limit ? `There are ${limit} ${nouns} already, which is as many as may be` : undefined
}
