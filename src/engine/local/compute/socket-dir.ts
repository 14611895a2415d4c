// Where a compute's Unix socket lies: a directory of its own that only Postgres's user (and root) may enter. The path of
// a socket has room for about a hundred bytes (sun_path), so a deep data directory gets a short one elsewhere.

import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../../engine.ts'
import { ensureDirectory } from '../files.ts'
import type { PostgresUser } from '../postgres-user.ts'
import { socketPort } from './conf.ts'

/** sun_path is 108 bytes on Linux and 104 on darwin; drivers differ on the closing zero. */
const socketPathMax = 100

const fits = (directory: string): boolean =>
  Buffer.byteLength(join(directory, `.s.PGSQL.${socketPort}`)) < socketPathMax

/** The same answer at every start, or a running compute could not be found again. */
export function socketDirFor(parent: string, temporary: string = tmpdir()): string {
  const own = join(parent, 'socket')
  if (fits(own)) return own
  const name = `pilotlight-${createHash('sha256').update(parent).digest('hex').slice(0, 16)}`
  const short = join(temporary, name)
  return fits(short) ? short : join('/tmp', name)
}

export async function makeSocketDir(directory: string, parent: string, user: PostgresUser): Promise<void> {
  if (directory.startsWith(`${parent}/`)) {
    await ensureDirectory(directory, 0o700, user)
    return
  }
  // Below /tmp anybody may make names: one that is not ours is never used.
  await mkdir(directory, { mode: 0o700 }).catch(error => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  const found = await lstat(directory)
  const ours = found.uid === user.uid || found.uid === process.getuid?.()
  if (!found.isDirectory() || !ours) {
    throw new EngineError('invalid', `${directory} belongs to somebody else; remove it, and try again`)
  }
  await chmod(directory, 0o700)
  if (user.switch) await chown(directory, user.uid, user.gid)
}
