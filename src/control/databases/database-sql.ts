// Databases inside a compute: made, renamed, given to another owner, dropped. Each is safe to repeat.

import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { databaseRights, privilegedRole } from '../../contract/database-rights.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { withChange } from '../computes/change-sql.ts'

const { escapeIdentifier: quoted } = pg

/** While the sessions of a database are ended, new ones of clients that come back at once may get in. */
const endSessionsEveryMs = 50

/** Undefined: there is no such database. */
export async function ownerOf(client: pg.Client, database: string): Promise<string | undefined> {
  const answer = await client.query<{ owner: string }>(
    'select pg_get_userbyid(datdba) as owner from pg_database where datname = $1',
    [database],
  )
  return answer.rows[0]?.owner
}

/** Made as Neon makes it, with its rights. */
export async function createDatabase(
  login: AdminLogin,
  { name, owner }: { name: string; owner: string },
): Promise<void> {
  const major = await withChange(login, async client => {
    if ((await ownerOf(client, name)) === undefined) {
      await client.query(`create database ${quoted(name)} owner ${quoted(owner)}`)
    }
    await client.query(`grant all privileges on database ${quoted(name)} to ${privilegedRole}`)
    return await majorOf(client)
  })
  await withChange(
    login,
    async client => {
      // From Postgres 15 on it belongs to whoever owns the database.
      if (major < 15) await client.query(`alter schema public owner to ${quoted(owner)}`)
      for (const right of databaseRights(major)) await client.query(right)
    },
    { database: name },
  )
}

async function majorOf(client: pg.Client): Promise<number> {
  const answer = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::integer / 10000 as version`,
  )
  return answer.rows[0]!.version
}

/** Its sessions end. Nothing where it is not there. */
export async function dropDatabase(login: AdminLogin, name: string): Promise<void> {
  await withChange(login, client => client.query(`drop database if exists ${quoted(name)} with (force)`))
}

/** Only where nobody is in it. */
export async function dropFreshDatabase(login: AdminLogin, name: string): Promise<void> {
  await withChange(login, client => client.query(`drop database if exists ${quoted(name)}`))
}

/**
 * Sessions in the database end, as at Neon: Postgres renames none that somebody is in. It waits for them to go by itself,
 * for five seconds, and holds a lock meanwhile at which new ones wait; so we ask, and end the sessions beside that.
 */
export async function renameDatabase(login: AdminLogin, from: string, to: string): Promise<void> {
  await withChange(login, async client => {
    if ((await ownerOf(client, from)) === undefined && (await ownerOf(client, to)) !== undefined) return
    let waiting = true
    const renamed = client.query(`alter database ${quoted(from)} rename to ${quoted(to)}`).finally(() => {
      waiting = false
    })
    await Promise.all([
      renamed,
      withChange(login, async other => {
        while (waiting) {
          await other.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
              where datname = $1 and pid <> pg_backend_pid()`,
            [from],
          )
          await setTimeout(endSessionsEveryMs)
        }
      }),
    ])
  })
}

/** The schema `public` goes with it where it belonged to the owner before. */
export async function changeOwner(login: AdminLogin, name: string, owner: string): Promise<void> {
  const before = await withChange(login, async client => {
    const before = await ownerOf(client, name)
    await client.query(`alter database ${quoted(name)} owner to ${quoted(owner)}`)
    return before
  })
  if (before === undefined) return
  await withChange(
    login,
    async client => {
      const schema = await client.query<{ owner: string }>(
        `select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = 'public'`,
      )
      const belonged = schema.rows[0]?.owner
      if (belonged === before || belonged === 'cloud_admin') {
        await client.query(`alter schema public owner to ${quoted(owner)}`)
      }
    },
    { database: name },
  )
}
