// The WAL of one lineage that is kept: whole segments, each with the CRC-32 of its bytes in its name, so that a segment
// that has changed on the disk is noticed before it is replayed.

import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { EngineError } from '../../engine.ts'
import { isMissing } from '../errors.ts'
import { syncDirectory } from '../files.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { isHistoryName, parseSegmentName, segmentBytes } from './lsn.ts'

export interface KeptFile {
  /** As Postgres calls it: a segment, or `00000002.history`. */
  name: string
  path: string
  crc: string
}

/** Read at a time: the event loop is not held for longer than a megabyte's checksum takes, a fraction of a millisecond. */
const chunkBytes = 1024 * 1024
/** From this much emptiness at a segment's end on, it is worth a copy of the beginning instead of a link to it all. */
const sparseFromBytes = 4 * 1024 * 1024

export class WalArchive {
  readonly #directory: string
  readonly #driver: StorageDriver

  constructor(directory: string, driver: StorageDriver) {
    this.#directory = directory
    this.#driver = driver
  }

  /** By name, in the order of the WAL. */
  async list(): Promise<KeptFile[]> {
    const files: KeptFile[] = []
    for (const entry of await readdir(this.#directory).catch(() => [])) {
      const match = /^(.+)\.([0-9a-f]{8})$/.exec(entry)
      if (match && (parseSegmentName(match[1]!) || isHistoryName(match[1]!))) {
        files.push({ name: match[1]!, path: join(this.#directory, entry), crc: match[2]! })
      }
    }
    return files.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async find(name: string): Promise<KeptFile | null> {
    return (await this.list()).find(file => file.name === name) ?? null
  }

  /**
   * Keeps the file under `name`. When it returns, the copy is on disk. A file that is kept already and says the same is
   * left alone; one that says something else was incomplete, and is replaced.
   */
  async keep(from: string, name: string): Promise<KeptFile> {
    const { crc, usedBytes, bytes } = await checksum(from)
    const path = join(this.#directory, `${name}.${crc}`)
    const before = (await this.list()).filter(file => file.name === name)
    if (!before.some(file => file.crc === crc)) {
      const draft = join(this.#directory, `.${name}.tmp`)
      await rm(draft, { force: true })
      if (bytes - usedBytes >= sparseFromBytes) await copyBeginning(from, draft, usedBytes, bytes)
      else await this.#driver.keepFile(from, draft)
      await syncFile(draft)
      await rename(draft, path)
      await syncDirectory(this.#directory)
    }
    for (const file of before) if (file.crc !== crc) await rm(file.path, { force: true })
    return { name, path, crc }
  }

  async remove(files: KeptFile[]): Promise<void> {
    for (const file of files) await rm(file.path, { force: true })
  }

  async bytes(): Promise<number> {
    let sum = 0
    for (const entry of await readdir(this.#directory).catch(() => [])) {
      sum += ((await stat(join(this.#directory, entry)).catch(() => null))?.blocks ?? 0) * 512
    }
    return sum
  }
}

/** Throws `internal` where the file is no longer what was kept. */
export async function verifyKept(file: KeptFile): Promise<void> {
  let found: string
  try {
    found = (await checksum(file.path)).crc
  } catch (error) {
    if (isMissing(error)) throw new EngineError('internal', `${file.name} is missing from the history`)
    throw error
  }
  if (found !== file.crc) {
    throw new EngineError(
      'internal',
      `${file.name} in the history is damaged: its checksum is ${found} instead of ${file.crc} (${file.path})`,
    )
  }
}

interface Checksum {
  crc: string
  bytes: number
  /** Up to the last chunk that is not empty. */
  usedBytes: number
}

const emptyChunk = Buffer.alloc(chunkBytes)

async function checksum(path: string): Promise<Checksum> {
  const file = await open(path, 'r')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let [crc, bytes, usedBytes] = [0, 0, 0]
  try {
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, bytes)
      if (bytesRead === 0) break
      const part = chunk.subarray(0, bytesRead)
      crc = crc32(part, crc)
      bytes += bytesRead
      if (!part.equals(emptyChunk.subarray(0, bytesRead))) usedBytes = bytes
      await setImmediate()
    }
  } finally {
    await file.close()
  }
  return { crc: crc.toString(16).padStart(8, '0'), bytes, usedBytes }
}

/** The rest is a hole, which reads as the zeros that it was: a switched segment costs what is in it. */
async function copyBeginning(from: string, to: string, usedBytes: number, bytes: number): Promise<void> {
  const source = await open(from, 'r')
  let target: FileHandle | undefined
  try {
    const { mode, uid, gid } = await source.stat()
    target = await open(to, 'wx', mode)
    const chunk = Buffer.allocUnsafe(chunkBytes)
    for (let at = 0; at < usedBytes; ) {
      const { bytesRead } = await source.read(chunk, 0, Math.min(chunkBytes, usedBytes - at), at)
      if (bytesRead === 0) break
      await target.write(chunk, 0, bytesRead, at)
      at += bytesRead
    }
    await target.truncate(bytes)
    if (process.getuid?.() === 0) await target.chown(uid, gid)
  } finally {
    await target?.close()
    await source.close()
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What a segment has at most: a copy that is cut there goes on being the size that Postgres expects. */
export async function cutSegment(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(at)
    await file.truncate(segmentBytes)
  } finally {
    await file.close()
  }
}
