// A cluster's files and the WAL that they need, copied: from a cluster at rest, or from one that runs.

import { copyFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AdminLogin, EngineError } from '../../engine.ts'
import { isMissing } from '../errors.ts'
import { chownTo, isThere } from '../files.ts'
import { endOfWal, readControlFile } from '../history/control-file.ts'
import { historyName, type Lsn, offsetInSegment, parseLsn, segmentName, segmentOf } from '../history/lsn.ts'
import type { Moment } from '../history/moments.ts'
import { duringBackup } from '../history/running.ts'
import { cutSegment, type WalArchive } from '../history/wal-archive.ts'
import type { PostgresUser } from '../postgres-user.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { requireRoomForWal } from '../storage/room.ts'

export interface CopyParts {
  driver: StorageDriver
  user: PostgresUser
  signal?: AbortSignal
}

export interface CopiedCluster {
  /** Where its WAL ends: every commit before that is in it. */
  end: Lsn
  timeline: number
}

/** Of a cluster that was shut down in good order: nothing need be replayed. Throws `invalid` for any other. */
export async function copyAtRest(parts: CopyParts, from: string, to: string): Promise<CopiedCluster> {
  const control = await readControlFile(from)
  if (!control.isShutDown) throw new EngineError('invalid', `${from} was not shut down in good order`)
  const end = await endOfWal(from, control)
  await parts.driver.cloneCluster(from, to, cloneOptions(parts))
  await copyWal(parts, { from, to, timeline: control.timeline, begin: control.redo, end, archive: null })
  return { end, timeline: control.timeline }
}

/** The files of a running cluster and a backup_label; no WAL. */
export async function copyFilesWhileRunning(
  parts: CopyParts,
  from: string,
  to: string,
  server: { login: AdminLogin; major: number },
): Promise<{ redo: Lsn; timeline: number; end: Moment }> {
  await requireRoomForWal(from)
  const { label, redo, timeline, end } = await duringBackup(server.login, server.major, () =>
    parts.driver.cloneCluster(from, to, cloneOptions(parts)),
  )
  const labelFile = join(to, 'backup_label')
  await writeFile(labelFile, label, { mode: 0o600 })
  await chownTo(labelFile, parts.user)
  return { redo: parseLsn(redo), timeline, end }
}

/** Of a cluster that runs, as of a moment after the call. It replays the little that is behind its checkpoint. */
export async function copyWhileRunning(
  parts: CopyParts,
  from: string,
  to: string,
  server: { login: AdminLogin; major: number; archive: WalArchive },
): Promise<CopiedCluster & { at: Moment }> {
  const { redo, timeline, end: at } = await copyFilesWhileRunning(parts, from, to, server)
  const end = parseLsn(at.lsn)
  await copyWal(parts, { from, to, timeline, begin: redo, end, archive: server.archive })
  return { end, timeline, at }
}

/** Of a cluster on which Postgres was never started: files and WAL as they lie there. */
export async function copyUntouched(parts: CopyParts, from: string, to: string): Promise<void> {
  await parts.driver.cloneCluster(from, to, cloneOptions(parts))
  for (const entry of await readdir(join(from, 'pg_wal'), { withFileTypes: true })) {
    if (!entry.isFile()) continue
    const copy = join(to, 'pg_wal', entry.name)
    await parts.driver.cloneFile(join(from, 'pg_wal', entry.name), copy)
    await chownTo(copy, parts.user)
  }
}

function cloneOptions({ user, signal }: CopyParts): { owner: PostgresUser; signal?: AbortSignal } {
  return { owner: user, ...(signal ? { signal } : {}) }
}

/**
 * The segments from `begin` to `end`. The last one is cut at `end`: the copy will go on writing there on the same
 * timeline, and must not find, after a crash, what its parent wrote behind that place.
 */
async function copyWal(
  { driver, user }: CopyParts,
  wal: { from: string; to: string; timeline: number; begin: Lsn; end: Lsn; archive: WalArchive | null },
): Promise<void> {
  const { from, to, timeline, begin, end, archive } = wal
  const [first, last] = [segmentOf(begin), segmentOf(end)]
  for (let segment = first; segment <= last; segment++) {
    const name = segmentName(timeline, segment)
    const target = join(to, 'pg_wal', name)
    const source = join(from, 'pg_wal', name)
    const isLast = segment === last
    // At a segment's very beginning nothing was written to it yet.
    if (isLast && offsetInSegment(end) === 0) break
    // A link will do for what no server writes to again; of one that we did not set up, that is not known.
    const copy = isLast || archive === null ? driver.cloneFile : driver.keepFile
    try {
      await copy.call(driver, source, target)
    } catch (error) {
      // Removed by the server meanwhile: then it had been kept before.
      const kept = isMissing(error) ? await archive?.find(name) : null
      if (!kept) throw error
      await copy.call(driver, kept.path, target)
    }
    await chownTo(target, user)
    if (isLast) await cutSegment(target, offsetInSegment(end))
  }
  const history = historyName(timeline)
  if (await isThere(join(from, 'pg_wal', history))) {
    await copyFile(join(from, 'pg_wal', history), join(to, 'pg_wal', history))
    await chownTo(join(to, 'pg_wal', history), user)
  }
}
