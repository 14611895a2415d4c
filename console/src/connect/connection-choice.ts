// Whose connection details are shown: what was asked for as long as there is such a one, else the first, as at Neon.

import type { Branch, Endpoint } from '../api/queries.ts'
import type { ConnectionWish } from './connect-search.ts'

interface Named {
  name: string
}

interface Owned extends Named {
  owner_name: string
}

/** What is left out of it the branch does not have. */
export interface Choice<Database extends Owned, Role extends Named> {
  endpoint?: Endpoint
  database?: Database
  role?: Role
}

export function chooseBranch(branches: readonly Branch[], wish: ConnectionWish): Branch | undefined {
  return branches.find(({ id }) => id === wish.branch) ?? branches.find(one => one.default) ?? branches[0]
}

export function chooseOf<Database extends Owned, Role extends Named>(
  branchId: string,
  there: { endpoints: readonly Endpoint[]; databases: readonly Database[]; roles: readonly Role[] },
  wish: ConnectionWish,
): Choice<Database, Role> {
  const endpoint = there.endpoints.find(one => one.branch_id === branchId && one.type === 'read_write')
  const database = there.databases.find(({ name }) => name === wish.database) ?? there.databases[0]
  const role =
    there.roles.find(({ name }) => name === wish.role) ??
    there.roles.find(({ name }) => name === database?.owner_name) ??
    there.roles[0]
  return { ...(endpoint && { endpoint }), ...(database && { database }), ...(role && { role }) }
}
