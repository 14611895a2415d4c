// The header of a WAL page (XLogPageHeaderData, src/include/access/xlog_internal.h).

import { open } from 'node:fs/promises'
import { type SegmentId, segmentStart } from './lsn.ts'

/** Whether WAL was written to this segment: its first page names its own place. One that was only set aside is zeros. */
export async function hasBegun(file: string, { timeline, segment }: SegmentId): Promise<boolean> {
  const header = Buffer.alloc(16)
  const handle = await open(file, 'r')
  try {
    const { bytesRead } = await handle.read(header, 0, header.length, 0)
    if (bytesRead < header.length) return false
  } finally {
    await handle.close()
  }
  // xlp_magic 0, xlp_info 2, xlp_tli 4, xlp_pageaddr 8. The timeline may be an earlier one, in the segment of a switch.
  return (
    header.readUInt16LE(0) !== 0 &&
    header.readUInt32LE(4) <= timeline &&
    header.readBigUInt64LE(8) === segmentStart(segment)
  )
}
