// global/pg_control: where a cluster's last checkpoint is, and whether it was shut down in good order. Read by ourselves,
// because the builds that we bring have no pg_controldata, and nothing need run for it.

import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../engine.ts'
import { type Lsn, offsetInSegment, segmentBytes, segmentName, segmentOf } from './lsn.ts'

export interface ControlFile {
  /** Of the cluster, kept by all of its clones. */
  systemIdentifier: bigint
  /** Nothing need be replayed. */
  isShutDown: boolean
  timeline: number
  checkpoint: Lsn
  /** Where a replay begins. */
  redo: Lsn
  writer: WriterSettings
}

/** Of the server that wrote here last: what a standby has to have, too. */
export interface WriterSettings {
  isLogical: boolean
  maxConnections: number
  maxWorkerProcesses: number
  maxWalSenders: number
  maxPreparedTransactions: number
  maxLocksPerTransaction: number
}

/** WalLevel's WAL_LEVEL_LOGICAL (src/include/access/xlog.h). */
const walLevelLogical = 2

/** DBState's DB_SHUTDOWNED and DB_SHUTDOWNED_IN_RECOVERY (src/include/catalog/pg_control.h). */
const shutDownStates = new Set([1, 2])
const knownVersions = new Set([1300, 1700, 1800])

/**
 * The head of ControlFileData, which is the same from 13 to 18: system_identifier 0, pg_control_version 8, state 16,
 * checkPoint 32, checkPointCopy.redo 40, checkPointCopy.ThisTimeLineID 48; behind that copy's 88 bytes, five more fields and
 * a flag: wal_level 172, MaxConnections 180 and the four behind it. Postgres writes little-endian on all machines
 * that we run on, and writes this file whole (it fits a disk sector), so that it can be read while a server runs.
 */
export async function readControlFile(pgdata: string): Promise<ControlFile> {
  const file = join(pgdata, 'global', 'pg_control')
  const bytes = await readFile(file)
  const version = bytes.length >= 200 ? bytes.readUInt32LE(8) : 0
  if (!knownVersions.has(version)) {
    throw new EngineError('internal', `${file} is not one of Postgres 14 to 18 (version ${version})`)
  }
  return {
    systemIdentifier: bytes.readBigUInt64LE(0),
    isShutDown: shutDownStates.has(bytes.readUInt32LE(16)),
    timeline: bytes.readUInt32LE(48),
    checkpoint: bytes.readBigUInt64LE(32),
    redo: bytes.readBigUInt64LE(40),
    writer: {
      isLogical: bytes.readInt32LE(172) === walLevelLogical,
      maxConnections: bytes.readInt32LE(180),
      maxWorkerProcesses: bytes.readInt32LE(184),
      maxWalSenders: bytes.readInt32LE(188),
      maxPreparedTransactions: bytes.readInt32LE(192),
      maxLocksPerTransaction: bytes.readInt32LE(196),
    },
  }
}

/** Records begin at multiples of 8 bytes (MAXALIGN). */
const alignment = 8n
const pageBytes = 8192n
/** SizeOfXLogShortPHD and, on a segment's first page, SizeOfXLogLongPHD. */
const shortHeader = 24n
const longHeader = 40n

/**
 * The end of the WAL of a cluster that was shut down: behind its checkpoint record, whose length stands at its beginning.
 * Throws `internal` where there is no such record.
 */
export async function endOfWal(
  pgdata: string,
  control: Pick<ControlFile, 'checkpoint' | 'timeline'>,
): Promise<Lsn> {
  const { checkpoint, timeline } = control
  const name = segmentName(timeline, segmentOf(checkpoint))
  const head = Buffer.alloc(4)
  const file = await open(join(pgdata, 'pg_wal', name), 'r')
  try {
    await file.read(head, 0, 4, offsetInSegment(checkpoint))
  } finally {
    await file.close()
  }
  const length = BigInt(head.readUInt32LE(0))
  if (length < 24n || length > BigInt(segmentBytes)) {
    throw new EngineError('internal', `${pgdata}/pg_wal/${name} has no checkpoint where pg_control has it`)
  }
  // A record that goes on in the next page has that page's header inside.
  const nextPage = (checkpoint / pageBytes + 1n) * pageBytes
  const header =
    checkpoint + length <= nextPage ? 0n : offsetInSegment(nextPage) === 0 ? longHeader : shortHeader
  const end = checkpoint + length + header
  return ((end + alignment - 1n) / alignment) * alignment
}
