// Postgres's page checksums, computed over files at rest (src/include/storage/checksum_impl.h): a 32-lane FNV-1a, folded,
// with the block's number mixed in. The builds that we bring have no pg_checksums.

import { open, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lsn } from './lsn.ts'

export const pageBytes = 8192
const lanes = 32
const rows = pageBytes / (4 * lanes)
const prime = 16777619
const blocksPerSegment = 131_072

const baseOffsets = Uint32Array.of(
  0x5b1f36e9,
  0xb8525960,
  0x02ab50aa,
  0x1de66d2a,
  0x79ff467a,
  0x9bb9f8a3,
  0x217e7cd2,
  0x83e13d2c,
  0xf8d4474f,
  0xe39eb970,
  0x42c6ae16,
  0x993216fa,
  0x7b093b5d,
  0x98daff3c,
  0xf718902a,
  0x0b1c9cdb,
  0xe58f764b,
  0x187636bc,
  0x5d7b3bb1,
  0xe73de7de,
  0x92bec979,
  0xcca6c0b2,
  0x304a0979,
  0x85aa43d4,
  0x783125bb,
  0x6ca8eaa2,
  0xe407eac6,
  0x4b5cfc3e,
  0x9fbf8c76,
  0x15ca20be,
  0xf2ca9fd3,
  0x959bd756,
)
const sums = new Uint32Array(lanes)

/** `page`: its 2048 words, with pd_checksum (the low half of word 2) as it stands. */
export function pageChecksum(page: Uint32Array, block: number): number {
  sums.set(baseOffsets)
  for (let row = 0, at = 0; row < rows; row++) {
    for (let lane = 0; lane < lanes; lane++, at++) {
      const word = at === 2 ? page[at]! & 0xffff0000 : page[at]!
      const mixed = (sums[lane]! ^ word) >>> 0
      sums[lane] = Math.imul(mixed, prime) ^ (mixed >>> 17)
    }
  }
  let folded = 0
  for (let lane = 0; lane < lanes; lane++) {
    let sum = sums[lane]!
    for (let round = 0; round < 2; round++) sum = (Math.imul(sum, prime) ^ (sum >>> 17)) >>> 0
    folded ^= sum
  }
  return (((folded ^ block) >>> 0) % 65_535) + 1
}

/** Of a relation: main, free space map, visibility map, init fork, and their further segments. */
const relationFile = /^(\d+)(_fsm|_vm|_init)?(?:\.(\d+))?$/

export function isRelationFile(name: string): boolean {
  return relationFile.test(name)
}

export interface PageCheck {
  bytes: number
  /** `base/16384/2619: block 7`, at most some of them. */
  damage: string[]
}

const chunkPages = 64
const mostDamage = 20

/**
 * Reads every page of a cluster's relations. Pages that changed after `repairedFrom` may be torn in a copy of a running
 * server: its replay writes them anew.
 */
export async function checkPages(pgdata: string, repairedFrom: Lsn | null): Promise<PageCheck> {
  const result: PageCheck = { bytes: 0, damage: [] }
  for (const directory of ['global', 'base']) {
    for await (const entry of await opendir(join(pgdata, directory), { recursive: true })) {
      if (!entry.isFile() || !isRelationFile(entry.name)) continue
      const path = join(entry.parentPath, entry.name)
      const segment = Number(relationFile.exec(entry.name)?.[3] ?? 0)
      await checkFile(path, path.slice(pgdata.length + 1), segment, repairedFrom, result)
    }
  }
  return result
}

async function checkFile(
  path: string,
  name: string,
  segment: number,
  repairedFrom: Lsn | null,
  result: PageCheck,
): Promise<void> {
  const file = await open(path, 'r')
  const chunk = Buffer.alloc(chunkPages * pageBytes)
  try {
    for (let first = 0; ; first += chunkPages) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, first * pageBytes)
      if (bytesRead === 0) return
      result.bytes += bytesRead
      for (let at = 0; at + pageBytes <= bytesRead; at += pageBytes) {
        const page = new Uint32Array(chunk.buffer, chunk.byteOffset + at, pageBytes / 4)
        const block = first + at / pageBytes
        if (isWhole(page, chunk, at, segment * blocksPerSegment + block, repairedFrom)) continue
        if (result.damage.length < mostDamage) result.damage.push(`${name}: block ${block}`)
      }
    }
  } finally {
    await file.close()
  }
}

function isWhole(
  page: Uint32Array,
  bytes: Buffer,
  at: number,
  block: number,
  repairedFrom: Lsn | null,
): boolean {
  // pd_upper 0: a new page, which has no checksum, and has to be empty.
  if (bytes.readUInt16LE(at + 14) === 0) return page.every(word => word === 0)
  if (pageChecksum(page, block) === bytes.readUInt16LE(at + 8)) return true
  // pd_lsn is two halves, the high one first.
  const lsn = (BigInt(page[0]!) << 32n) | BigInt(page[1]!)
  return repairedFrom !== null && lsn >= repairedFrom
}
