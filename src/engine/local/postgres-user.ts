// Under whom Postgres runs. It refuses to run as root, so root needs an unprivileged user for it; anybody else runs it
// as themselves.

import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import { EngineError } from '../engine.ts'
import type { Owner } from './files.ts'
import { run, type Spawn } from './run.ts'

export interface PostgresUser extends Owner {
  name: string
  /** Whether processes must be started under another uid than ours. */
  switch: boolean
}

/** What to give to `spawn` so that the process runs as this user. */
export function identity(user: PostgresUser): { uid?: number; gid?: number } {
  return user.switch ? { uid: user.uid, gid: user.gid } : {}
}

const ownUser = 'pilotlight'

/** A uid need not have a name (in a container, say). */
function ownName(uid: number): string {
  try {
    return userInfo().username
  } catch {
    return String(uid)
  }
}

export async function choosePostgresUser(
  spawn: Spawn,
  ourUid: number | undefined = process.getuid?.(),
): Promise<PostgresUser> {
  if (ourUid === undefined)
    throw new EngineError('invalid', 'this platform has no users as Postgres needs them')
  if (ourUid !== 0) {
    return { name: ownName(ourUid), uid: ourUid, gid: process.getgid?.() ?? ourUid, switch: false }
  }
  for (const name of [ownUser, 'postgres']) {
    const found = await lookUp(spawn, name)
    if (found) return found
  }
  await create(spawn)
  const made = await lookUp(spawn, ownUser)
  if (made) return made
  throw new EngineError(
    'invalid',
    `Postgres refuses to run as root, and there is no user "${ownUser}" or "postgres" to run it under. ` +
      `Make one (useradd --system ${ownUser}), or start Pilotlight as an ordinary user.`,
  )
}

async function lookUp(spawn: Spawn, name: string): Promise<PostgresUser | null> {
  const uid = await idOf(spawn, ['-u', name])
  const gid = await idOf(spawn, ['-g', name])
  // A user of this name that is root would be refused by Postgres.
  if (!uid || gid === null) return null
  return { name, uid, gid, switch: true }
}

/** `id` also knows users that come from LDAP or Open Directory and stand in no file. */
async function idOf(spawn: Spawn, args: string[]): Promise<number | null> {
  const { code, stdout } = await run(spawn, 'id', args)
  return code === 0 && /^\d+\s*$/.test(stdout) ? Number(stdout) : null
}

/** useradd is shadow's, `adduser -S` busybox's (Alpine). Neither is there on darwin. */
async function create(spawn: Spawn): Promise<void> {
  const attempts: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ownUser]],
    ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', ownUser]],
  ]
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`
  for (const [command, args] of attempts) {
    try {
      const { code } = await run(spawn, command, args, { env: { PATH, LC_ALL: 'C' } })
      if (code === 0) return
    } catch {
      // Not installed here; the next one may be.
    }
  }
}

/** Throws, naming the directory that stands in the way, where `user` cannot come as far as `path`. */
export async function checkReachable(spawn: Spawn, user: PostgresUser, path: string): Promise<void> {
  if (!user.switch) return
  const chain: string[] = []
  for (let at = resolve(path); ; at = dirname(at)) {
    chain.unshift(at)
    if (at === dirname(at)) break
  }
  for (const directory of chain) {
    const { mode, uid, gid } = await stat(directory)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if (mode & bit) continue
    // The mode says no, but an access list may say yes: try it as that user.
    const tried = await run(spawn, '/bin/sh', ['-c', 'cd "$1"', 'sh', directory], identity(user))
    if (tried.code === 0) continue
    throw new EngineError(
      'invalid',
      `the user "${user.name}", under which Postgres runs, may not enter ${directory}, ` +
        `so the data directory ${path} cannot be used. ` +
        `Choose another one (--data-dir /var/lib/pilotlight), or allow it: chmod o+x ${directory}`,
    )
  }
}
