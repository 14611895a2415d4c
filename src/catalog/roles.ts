import { type Selectable, sql } from 'kysely'
import type { Db } from './catalog.ts'
import type { RolesTable } from './schema.ts'

export type Role = Selectable<RolesTable>

export interface NewRole {
  branch_id: string
  name: string
  verifier: string | null
  password_box: Buffer | null
  next_verifier?: string | null
  next_password_box?: Buffer | null
  protected?: boolean
  can_login?: boolean
}

export async function insert(db: Db, role: NewRole): Promise<Role> {
  return await db
    .insertInto('roles')
    .values({ next_verifier: null, next_password_box: null, ...role })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** As `insert`; one that is about to be dropped gives its place. Undefined: there is such a role. */
export async function insertNew(db: Db, role: NewRole): Promise<Role | undefined> {
  const row = { next_verifier: null, next_password_box: null, ...role }
  const now = new Date()
  return await db
    .insertInto('roles')
    .values(row)
    .onConflict(conflict =>
      conflict
        .columns(['branch_id', 'name'])
        .doUpdateSet({ protected: false, ...row, dropping: false, created_at: now, updated_at: now })
        .where('roles.dropping', '=', true),
    )
    .returningAll()
    .executeTakeFirst()
}

/** As people see it: not one that is about to be dropped. */
export async function find(db: Db, branchId: string, name: string): Promise<Role | undefined> {
  return await db
    .selectFrom('roles')
    .selectAll()
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', false)
    .executeTakeFirst()
}

export async function listOfBranch(db: Db, branchId: string): Promise<Role[]> {
  return (await listAll(db, branchId)).filter(role => !role.dropping)
}

/** Those about to be dropped too. */
export async function listAll(db: Db, branchId: string): Promise<Role[]> {
  return await db.selectFrom('roles').selectAll().where('branch_id', '=', branchId).orderBy('name').execute()
}

/** It is to be dropped, or, where that failed, not. Undefined: there is no such role. */
export async function setDropping(
  db: Db,
  branchId: string,
  name: string,
  dropping: boolean,
): Promise<Role | undefined> {
  return await db
    .updateTable('roles')
    .set({ dropping, updated_at: new Date() })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', !dropping)
    .returningAll()
    .executeTakeFirst()
}

/** It is dropped; one that was made in its place meanwhile stays. */
export async function removeDropping(db: Db, branchId: string, name: string): Promise<void> {
  await db
    .deleteFrom('roles')
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', true)
    .execute()
}

/** Renamed in SQL: its password is the same. */
export async function rename(db: Db, branchId: string, name: string, to: string): Promise<void> {
  await db
    .updateTable('roles')
    .set({ name: to, updated_at: new Date() })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .execute()
}

/** The verifier that a login on this endpoint has to match; undefined: no such role or endpoint, or it was deleted. */
export async function findSecret(
  db: Db,
  endpointId: string,
  name: string,
): Promise<{ project_id: string; verifier: string | null } | undefined> {
  return await db
    .selectFrom('endpoints')
    .innerJoin('projects', 'projects.id', 'endpoints.project_id')
    .innerJoin('branches', 'branches.id', 'endpoints.branch_id')
    .innerJoin('roles', 'roles.branch_id', 'endpoints.branch_id')
    .select(['endpoints.project_id', 'roles.verifier'])
    .where('endpoints.id', '=', endpointId)
    .where('endpoints.deleted_at', 'is', null)
    .where('projects.deleted_at', 'is', null)
    .where('branches.deleted_at', 'is', null)
    .where('roles.name', '=', name)
    .where('roles.dropping', '=', false)
    .executeTakeFirst()
}

/** The password with which its data will be found, or made, at the next start. */
export async function setLive(
  db: Db,
  branchId: string,
  name: string,
  live: { verifier: string; password_box: Buffer | null },
): Promise<void> {
  await db
    .updateTable('roles')
    .set({ ...live, next_verifier: null, next_password_box: null, updated_at: new Date() })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .execute()
}

/** Notes a new password beside the live one. */
export async function setNext(
  db: Db,
  branchId: string,
  name: string,
  next: { verifier: string; password_box: Buffer | null },
): Promise<Role | undefined> {
  return await db
    .updateTable('roles')
    .set({ next_verifier: next.verifier, next_password_box: next.password_box, updated_at: new Date() })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', false)
    .returningAll()
    .executeTakeFirst()
}

/** The compute has the new password: it is the live one now. `verifier` guards against a newer one set meanwhile. */
export async function promoteNext(db: Db, branchId: string, name: string, verifier: string): Promise<void> {
  await db
    .updateTable('roles')
    .set({
      verifier,
      password_box: sql`next_password_box`,
      next_verifier: null,
      next_password_box: null,
      updated_at: new Date(),
    })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('next_verifier', '=', verifier)
    .execute()
}

/** A role as it stands in the compute: made or changed there in SQL. Its password is then unknown to us. */
export async function learn(
  db: Db,
  branchId: string,
  { name, verifier, canLogin }: { name: string; verifier: string | null; canLogin: boolean },
): Promise<void> {
  await db
    .insertInto('roles')
    .values({
      branch_id: branchId,
      name,
      verifier,
      can_login: canLogin,
      password_box: null,
      next_verifier: null,
      next_password_box: null,
    })
    .onConflict(conflict =>
      conflict
        .columns(['branch_id', 'name'])
        .doUpdateSet({
          ...{ verifier, can_login: canLogin, updated_at: new Date() },
          // Whether it may log in has changed, and not its password.
          password_box: sql`case when roles.verifier = ${verifier} then roles.password_box end`,
        })
        .where(({ eb, or }) =>
          or([eb('roles.verifier', 'is distinct from', verifier), eb('roles.can_login', '<>', canLogin)]),
        ),
    )
    .execute()
}

/** `to` has what `from` has, passwords included, and nothing else. */
export async function replaceAll(db: Db, from: string, to: string): Promise<void> {
  await db.deleteFrom('roles').where('branch_id', '=', to).execute()
  await addMissing(db, from, to)
}

/** `to` has besides its own what only `from` has. */
export async function addMissing(db: Db, from: string, to: string): Promise<void> {
  await db
    .insertInto('roles')
    .columns([...copied, 'branch_id'])
    .expression(eb =>
      eb
        .selectFrom('roles')
        .select([...copied, eb.val(to).as('branch_id')])
        .where('branch_id', '=', from)
        .where('dropping', '=', false),
    )
    .onConflict(conflict => conflict.columns(['branch_id', 'name']).doNothing())
    .execute()
}

const copied = [
  'name',
  'verifier',
  'password_box',
  'next_verifier',
  'next_password_box',
  'protected',
  'can_login',
] as const

export async function remove(db: Db, branchId: string, names: string[]): Promise<void> {
  if (names.length === 0) return
  await db.deleteFrom('roles').where('branch_id', '=', branchId).where('name', 'in', names).execute()
}
