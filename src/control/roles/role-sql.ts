// Roles inside a compute: made and dropped. Each is safe to repeat.

import pg from 'pg'
import { privilegedRole } from '../../contract/database-rights.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { withChange } from '../computes/change-sql.ts'
import { setVerifier } from '../computes/compute-sql.ts'

const { escapeIdentifier: quoted, escapeLiteral } = pg

/** Who holds a lock on something of the role's for so long does not let go of it soon. */
const lockTimeout = '10s'

export async function roleExists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('select from pg_roles where rolname = $1', [name])).rowCount === 1
}

/**
 * One that logs in has the rights that Neon gives to roles made through its API. One that does not is a group, with none:
 * those who made it may hand it out. One that is there gets the password.
 */
export async function createRole(
  login: AdminLogin,
  role: { name: string; verifier: string | null },
): Promise<void> {
  await withChange(login, async client => {
    const name = quoted(role.name)
    if (await roleExists(client, role.name)) {
      if (role.verifier !== null) await setVerifier(client, role.name, role.verifier)
      return
    }
    if (role.verifier !== null) {
      await client.query(
        `create role ${name} login inherit createrole createdb bypassrls replication
           in role ${privilegedRole} password ${escapeLiteral(role.verifier)}`,
      )
      return
    }
    await client.query(`create role ${name} nologin admin ${privilegedRole}`)
  })
}

/**
 * Its sessions end. What it owns goes to the owner of the database in which that is, and its privileges go. Nothing where
 * it is not there. Throws role_owns_databases.
 */
export async function dropRole(login: AdminLogin, name: string): Promise<void> {
  await withChange(login, async client => {
    await endSessionsOfNobody(client)
    const found = await client.query<{ oid: number }>('select oid from pg_roles where rolname = $1', [name])
    const oid = found.rows[0]?.oid
    if (oid === undefined) return
    const owned = await client.query<{ name: string }>(
      'select datname as name from pg_database where datdba = $1 order by datname',
      [oid],
    )
    if (owned.rows.length > 0) {
      const databases = owned.rows.map(row => row.name).join(', ')
      throw new PilotlightError('role_owns_databases', { role: name, databases })
    }
    // Their locks would be waited for.
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usesysid = $1', [oid])
    await giveAwayEverywhere(login, client, name)
    await client.query(`drop role if exists ${quoted(name)}`)
    await endSessionsOfNobody(client)
  })
}

/** A session outlives its role; whoever has one of a role that was dropped would go on with its rights. */
async function endSessionsOfNobody(client: pg.Client): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where usesysid is not null and not exists (select from pg_authid where oid = usesysid)`,
  )
}

async function giveAwayEverywhere(login: AdminLogin, client: pg.Client, name: string): Promise<void> {
  // Never to a superuser: a function that runs with its owner's rights would get them.
  const databases = await client.query<{ name: string; heir: string }>(
    `select datname as name, case when rolsuper then $1 else rolname end as heir
       from pg_database join pg_roles on pg_roles.oid = datdba where datallowconn order by datname`,
    [privilegedRole],
  )
  for (const { name: database, heir } of databases.rows) {
    await withChange(login, inside => giveAway(inside, name, heir), { database })
  }
}

async function giveAway(client: pg.Client, name: string, heir: string): Promise<void> {
  await client.query(`set lock_timeout = '${lockTimeout}'`)
  await client.query('begin')
  await client.query(`reassign owned by ${quoted(name)} to ${quoted(heir)}`)
  // What is left of it are privileges.
  await client.query(`drop owned by ${quoted(name)}`)
  await client.query('commit')
}

/** One that owns nothing. */
export async function dropFreshRole(login: AdminLogin, name: string): Promise<void> {
  await withChange(login, client => client.query(`drop role if exists ${quoted(name)}`))
}
