// What the catalog says of a branch's roles and databases, and is still to come true inside: an operation waits for it.
// Whoever compares the two leaves it out.

import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as operations from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import type { ContentsChange } from '../../catalog/schema.ts'

export interface PendingNames {
  roles: ReadonlySet<string>
  databases: ReadonlySet<string>
}

/** Those that an unfinished operation is about. */
export async function pendingNames(db: Db, branchId: string): Promise<PendingNames> {
  const names = { roles: new Set<string>(), databases: new Set<string>() }
  for (const { contents } of await operations.listPendingContents(db, branchId)) {
    if (contents.kind === 'role_create' || contents.kind === 'role_drop') names.roles.add(contents.name)
    else names.databases.add(contents.name)
    if (contents.kind === 'database_update') names.databases.add(contents.to_name)
  }
  return names
}

/** The role and database that a branch's data begins with, whatever was asked for since. */
export async function firstContents(
  db: Db,
  branchId: string,
): Promise<{ role: roles.Role | undefined; database: string | undefined }> {
  const pending = await operations.listPendingContents(db, branchId)
  let owners = new Map(
    (await databases.listAll(db, branchId)).map(({ name, owner_name }) => [name, owner_name]),
  )
  for (const { contents } of pending.toReversed()) owners = before(owners, contents)
  const made = new Set(
    pending.flatMap(({ contents }) => (contents.kind === 'role_create' ? [contents.name] : [])),
  )
  const [first] = owners
  const candidates = (await roles.listAll(db, branchId)).filter(({ name }) => !made.has(name))
  return {
    role: candidates.find(({ name }) => name === first?.[1]) ?? candidates[0],
    database: first?.[0],
  }
}

/** The databases, with their owners, as they were before a change. */
function before(owners: ReadonlyMap<string, string>, change: ContentsChange): Map<string, string> {
  if (change.kind === 'database_create') {
    return new Map([...owners].filter(([name]) => name !== change.name))
  }
  if (change.kind !== 'database_update') return new Map(owners)
  return new Map(
    [...owners].map(([name, owner]) =>
      name === change.to_name ? [change.name, change.owner] : [name, owner],
    ),
  )
}
