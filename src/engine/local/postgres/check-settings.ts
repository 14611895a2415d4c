// Whether Postgres would take these settings, asked of Postgres itself: it knows its own names, units and bounds, and
// says what is wrong before it looks for any data. Ten milliseconds.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { PostgresBuild } from '../../engine.ts'
import { identity, type PostgresUser } from '../postgres-user.ts'
import { run, type Spawn } from '../run.ts'

/**
 * Its words, such as `invalid value for parameter "work_mem": "x"`; null: it takes them. Names have been checked: they are
 * names. Errors: Postgres cannot be run.
 */
export async function checkSettings(
  spawn: Spawn,
  build: PostgresBuild,
  user: PostgresUser,
  settings: Record<string, string>,
): Promise<string | null> {
  const nowhere = `/nonexistent-${randomBytes(8).toString('hex')}`
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // -C wants a setting that can be told without a start.
  const { stderr } = await run(
    spawn,
    join(build.binDir, 'postgres'),
    ['-D', nowhere, ...options, '-C', 'port'],
    { ...identity(user), timeoutMs: 10_000 },
  )
  // That the data is not there is what it says once it has read all of them.
  if (stderr.includes(nowhere)) return null
  const part = (severity: string): string | undefined =>
    new RegExp(`${severity}:\\s+(.*)$`, 'm').exec(stderr)?.[1]
  const said = [part('FATAL'), part('DETAIL'), part('HINT')].filter(text => text !== undefined)
  return said.join(' · ') || 'Postgres does not start with these settings'
}
