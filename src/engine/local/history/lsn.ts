// Places in the WAL, and the files that hold them (Postgres manual, "WAL Internals"; src/include/access/xlog_internal.h).

import { EngineError } from '../../engine.ts'

/** A byte position in the WAL. */
export type Lsn = bigint

/** initdb's default, which all of our clusters have. */
export const segmentBytes = 16 * 1024 * 1024
const segmentSize = BigInt(segmentBytes)
const segmentsPerId = 0x1_0000_0000n / segmentSize

/** No WAL gets that far. */
export const lastLsn: Lsn = 0xffff_ffff_ffff_ffffn

/** `0/1A2B3C4`. Throws `invalid`. */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text)
  if (!match) throw new EngineError('invalid', `"${text.slice(0, 40)}" is no LSN; one looks like 0/1A2B3C4`)
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`)
}

export function formatLsn(lsn: Lsn): string {
  const hex = (half: bigint): string => half.toString(16).toUpperCase()
  return `${hex(lsn >> 32n)}/${hex(lsn & 0xffff_ffffn)}`
}

/** The number of the segment that holds the byte at `lsn`. */
export function segmentOf(lsn: Lsn): bigint {
  return lsn / segmentSize
}

export function segmentStart(segment: bigint): Lsn {
  return segment * segmentSize
}

/** How far into its segment `lsn` is, in bytes. */
export function offsetInSegment(lsn: Lsn): number {
  return Number(lsn % segmentSize)
}

const hex8 = (value: bigint | number): string => value.toString(16).toUpperCase().padStart(8, '0')

/** `000000010000000000000003`: timeline, and the number in two halves. */
export function segmentName(timeline: number, segment: bigint): string {
  return `${hex8(timeline)}${hex8(segment / segmentsPerId)}${hex8(segment % segmentsPerId)}`
}

export interface SegmentId {
  timeline: number
  segment: bigint
}

/** Null where this is not the name of a whole segment: `.partial`, `.history` and `.backup` are none. */
export function parseSegmentName(name: string): SegmentId | null {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name)
  if (!match) return null
  return {
    timeline: Number.parseInt(match[1]!, 16),
    segment: BigInt(`0x${match[2]}`) * segmentsPerId + BigInt(`0x${match[3]}`),
  }
}

/** `00000002.history`: where the timeline parted from those before it. */
export function historyName(timeline: number): string {
  return `${hex8(timeline)}.history`
}

export function isHistoryName(name: string): boolean {
  return /^[0-9A-F]{8}\.history$/.test(name)
}
