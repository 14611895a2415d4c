// Whether a disk has room for something, asked before.

import { statfs } from 'node:fs/promises'
import { EngineError } from '../../engine.ts'
import { segmentBytes } from '../history/lsn.ts'

/**
 * A backup switches to a new segment of WAL when it begins and when it ends, and a server that cannot make one ends with a
 * panic: who asks for it would hurt the branch that is only read. One segment more is for what is written meanwhile.
 */
const runningBytes = 3 * segmentBytes

/** Throws `no_capacity` where a running server should not be asked to write WAL. */
export async function requireRoomForWal(pgdata: string): Promise<void> {
  const { bavail, bsize } = await statfs(pgdata)
  if (bavail * bsize >= runningBytes) return
  throw new EngineError('no_capacity', `only ${bavail * bsize} bytes are free on the disk of ${pgdata}`)
}
