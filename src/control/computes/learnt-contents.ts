// The catalog learns the roles and databases of a running compute: made, changed, renamed or dropped there in SQL.

import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as roles from '../../catalog/roles.ts'
import type { ComputeContents } from './compute-sql.ts'
import { type PendingNames, pendingNames } from './pending-contents.ts'

/** What the catalog says. */
export interface KnownContents {
  roles: roles.Role[]
  databases: databases.Database[]
  pending: PendingNames
}

export async function knownContents(db: Db, branchId: string): Promise<KnownContents> {
  const known = {
    roles: await roles.listAll(db, branchId),
    databases: await databases.listAll(db, branchId),
  }
  // Last: whatever was accepted up to here, and may be among the others, is found to be pending.
  return { ...known, pending: await pendingNames(db, branchId) }
}

/** True: something about who may log in has changed. */
export async function learnRoles(
  trx: Db,
  branchId: string,
  contents: ComputeContents,
  { roles: list, pending }: KnownContents,
): Promise<boolean> {
  const known = new Map(list.map(role => [role.name, role]))
  const present = new Set(contents.roles.map(role => role.name))
  const gone = [...known.values()].filter(({ name }) => !present.has(name) && !pending.roles.has(name))
  const changed = contents.roles.filter(({ name, verifier, canLogin }) => {
    const before = known.get(name)
    if (pending.roles.has(name)) return false
    return !before || before.verifier !== verifier || before.can_login !== canLogin
  })
  for (const role of changed) {
    // A verifier has random salt in it: who has the very same one is the same role by another name.
    const renamed = known.has(role.name)
      ? undefined
      : gone.find(({ verifier }) => verifier !== null && verifier === role.verifier)
    if (renamed) {
      await roles.rename(trx, branchId, renamed.name, role.name)
      gone.splice(gone.indexOf(renamed), 1)
    }
    await roles.learn(trx, branchId, role)
  }
  await roles.remove(
    trx,
    branchId,
    gone.map(({ name }) => name),
  )
  return changed.length > 0 || gone.length > 0
}

export async function learnDatabases(
  trx: Db,
  branchId: string,
  contents: ComputeContents,
  { databases: known, pending }: KnownContents,
): Promise<void> {
  for (const { name, owner } of contents.databases) {
    if (!pending.databases.has(name)) await databases.learn(trx, branchId, name, owner)
  }
  const present = new Set(contents.databases.map(({ name }) => name))
  const gone = known.filter(({ name }) => !present.has(name) && !pending.databases.has(name))
  await databases.remove(
    trx,
    branchId,
    gone.map(({ name }) => name),
  )
}
