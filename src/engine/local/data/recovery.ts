// How Postgres is told to replay WAL up to a moment, and what became of it (manual, "Recovery Target").

import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../engine.ts'
import type { Settings } from '../compute/conf.ts'
import { chownTo, type Owner } from '../files.ts'
import { readControlFile } from '../history/control-file.ts'
import type { Recovery } from '../history/history.ts'
import { historyName, parseLsn, segmentName } from '../history/lsn.ts'
import { formatTime, microseconds } from '../history/moments.ts'

/**
 * A small compute's 16 MB make a replay evict pages all the time: 64 MB of WAL took five times as long. The compute keeps
 * them until its next start.
 */
export const replayBuffersMb = 128

/** Settings that have an effect only while recovery.signal or standby.signal is there. */
export function recoverySettings({ target, timeline }: Recovery, mode: 'rw' | 'ro'): Settings {
  return {
    recovery_target_timeline: String(timeline),
    // All the WAL lies in pg_wal already: there is nothing to fetch, but without a command Postgres refuses.
    restore_command: 'exit 1',
    recovery_target_action: mode === 'rw' ? 'promote' : 'pause',
    // Sessions only once the moment is reached; a reader is let in earlier, and we wait for it.
    hot_standby: mode === 'rw' ? 'off' : 'on',
    ...targetSettings(target),
  }
}

function targetSettings(target: Recovery['target']): Settings {
  if (!target) return {}
  if ('time' in target) {
    // This setting is read before time zones have names, Z included.
    const time = formatTime(microseconds(target.time)).replace('T', ' ').replace('Z', '+00')
    return { recovery_target_time: time, recovery_target_inclusive: 'on' }
  }
  // Exclusive: whoever reads an LSN off a session wants what is before it, not the record that begins there.
  return { recovery_target_lsn: target.lsn, recovery_target_inclusive: 'off' }
}

/**
 * Before each start that has this replay before it, when nothing runs there any more. A server that is killed in the
 * checkpoint at the end of a replay has removed recovery.signal already, but its control file does not know the new
 * timeline yet: the next start would take it for an ordinary crash, and replay whatever lies behind the moment that was
 * asked for. So the replay is asked for again, until the new timeline has begun.
 */
export async function prepareReplay(pgdata: string, { timeline }: Recovery, owner: Owner): Promise<void> {
  if ((await readControlFile(pgdata)).timeline > timeline) return
  const next = timeline + 1
  for (const directory of [join(pgdata, 'pg_wal'), join(pgdata, 'pg_wal', 'archive_status')]) {
    for (const name of await readdir(directory)) {
      // The next attempt would count on from there.
      if (name.startsWith(segmentName(next, 0n).slice(0, 8))) await rm(join(directory, name))
    }
  }
  const file = join(pgdata, 'recovery.signal')
  await writeFile(file, '', { mode: 0o600 })
  await chownTo(file, owner)
}

/** Its WAL ended, and no record lay behind the target: what it then has is what was asked for, if all of it was there. */
export function ranOutOfWal(error: unknown): boolean {
  return (
    error instanceof EngineError &&
    error.message.includes('recovery ended before configured recovery target was reached')
  )
}

/** What to try after that: the same without a target. Throws `internal` where the WAL cannot have ended yet. */
export function withoutTarget(recovery: Recovery): Recovery {
  if (recovery.mayEndAt === null || recovery.target === null) throw damaged('before its end')
  return { ...recovery, target: null, ranOut: true }
}

/** Where the replay ended and the new timeline began. Throws `internal` if that is not all that there was. */
export async function replayedTo(pgdata: string, recovery: Recovery): Promise<string> {
  const text = await readFile(join(pgdata, 'pg_wal', historyName(recovery.timeline + 1)), 'utf8')
  const last = text.trim().split('\n').at(-1) ?? ''
  const lsn = last.split('\t')[1]
  if (lsn === undefined) throw new EngineError('internal', `the timeline of ${pgdata} has no beginning`)
  if (recovery.ranOut && parseLsn(lsn) < parseLsn(recovery.mayEndAt!)) {
    throw damaged(`at ${lsn}, before its end at ${recovery.mayEndAt}`)
  }
  return lsn
}

function damaged(where: string): EngineError {
  return new EngineError('internal', `the WAL of this history is damaged: the replay stops ${where}`)
}
