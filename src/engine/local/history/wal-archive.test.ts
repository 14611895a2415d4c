import assert from 'node:assert/strict'
import { appendFile, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { temporaryDir } from '../local-harness.ts'
import { copyDriver } from '../storage/copy-driver.ts'
import { segmentBytes, segmentName } from './lsn.ts'
import { cutSegment, verifyKept, WalArchive } from './wal-archive.ts'

const name = segmentName(1, 5n)

async function place(t: TestContext) {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  const directory = join(root, 'wal')
  await mkdir(directory)
  return { root, directory, from: join(root, name), archive: new WalArchive(directory, copyDriver()) }
}

/** A segment with so many bytes written; the rest is zeros on disk, as Postgres makes them. */
function segment(usedBytes: number, fill = 7): Buffer {
  return Buffer.concat([Buffer.alloc(usedBytes, fill), Buffer.alloc(segmentBytes - usedBytes)])
}

const crcOf = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0')

test('a full segment is kept under its checksum, and says so when asked again', async t => {
  const { directory, from, archive } = await place(t)
  const bytes = segment(segmentBytes - 100)
  await writeFile(from, bytes)
  const kept = await archive.keep(from, name)
  assert.deepEqual(kept, { name, crc: crcOf(bytes), path: join(directory, `${name}.${crcOf(bytes)}`) })
  await verifyKept(kept)
  assert.deepEqual(await archive.keep(from, name), kept)
  assert.deepEqual(await archive.list(), [kept])
  assert.deepEqual(await archive.find(name), kept)
  assert.equal(await archive.find(segmentName(1, 6n)), null)
  // What was kept outlives what it was kept from.
  await rm(from)
  assert.deepEqual(await readFile(kept.path), bytes)
  await archive.remove([kept])
  assert.deepEqual(await readdir(directory), [])
})

test('of a segment that was hardly written to, only that is stored; it reads as a whole', async t => {
  const { from, archive } = await place(t)
  for (const usedBytes of [0, 1, 1024 * 1024, 3 * 1024 * 1024 + 5]) {
    const bytes = segment(usedBytes)
    await writeFile(from, bytes)
    const kept = await archive.keep(from, name)
    await verifyKept(kept)
    assert.deepEqual(await readFile(kept.path), bytes)
    const { blocks, nlink } = await stat(kept.path)
    assert.ok(blocks * 512 <= usedBytes + 1024 * 1024 + 65_536, `${blocks * 512} bytes for ${usedBytes}`)
    assert.equal(nlink, 1)
    assert.ok((await archive.bytes()) < 5 * 1024 * 1024)
  }
})

test('a segment that was incomplete is replaced by the complete one', async t => {
  const { from, directory, archive } = await place(t)
  await writeFile(from, segment(1_000_000))
  const early = await archive.keep(from, name)
  await writeFile(from, segment(14_000_000))
  const late = await archive.keep(from, name)
  assert.notEqual(early.crc, late.crc)
  assert.deepEqual(await archive.list(), [late])
  assert.deepEqual(await readdir(directory), [`${name}.${late.crc}`])
})

test('what a crash left of an attempt is no obstacle, and not listed', async t => {
  const { from, directory, archive } = await place(t)
  const bytes = segment(segmentBytes)
  await writeFile(from, bytes)
  await writeFile(join(directory, `.${name}.tmp`), 'half')
  await writeFile(join(directory, 'stray.00000000'), '')
  const kept = await archive.keep(from, name)
  assert.deepEqual(await readFile(kept.path), bytes)
  assert.deepEqual(await archive.list(), [kept])
  assert.ok(!(await readdir(directory)).includes(`.${name}.tmp`))
})

test('killed between the copy and the removal of the incomplete one, both are there: keeping again ends it', async t => {
  const { from, archive } = await place(t)
  await writeFile(from, segment(1_000_000))
  const early = await archive.keep(from, name)
  const earlyBytes = await readFile(early.path)
  await writeFile(from, segment(14_000_000))
  const late = await archive.keep(from, name)
  await writeFile(early.path, earlyBytes)
  assert.equal((await archive.list()).length, 2)
  await archive.keep(from, name)
  assert.deepEqual(await archive.list(), [late])
})

test('a flipped bit, a cut and a loss are told, by the segment’s name', async t => {
  const { from, archive } = await place(t)
  await writeFile(from, segment(segmentBytes))
  const kept = await archive.keep(from, name)
  await rm(from)
  const damaged = { code: 'internal', message: new RegExp(`${name} .*damaged`) }
  for (const at of [0, 8191, 9_000_000, segmentBytes - 1]) {
    await flip(kept.path, at)
    await assert.rejects(verifyKept(kept), damaged, `bit at ${at}`)
    await flip(kept.path, at)
    await verifyKept(kept)
  }
  await truncate(kept.path, segmentBytes - 1)
  await assert.rejects(verifyKept(kept), damaged)
  await appendFile(kept.path, Buffer.of(7, 0))
  await assert.rejects(verifyKept(kept), damaged)
  await rm(kept.path)
  await assert.rejects(verifyKept(kept), { code: 'internal', message: new RegExp(`${name} is missing`) })
})

test('a history file is kept too', async t => {
  const { from, archive } = await place(t)
  await writeFile(from, '1\t0/3000028\tbefore 2000-01-01 00:00:00+00\n')
  const kept = await archive.keep(from, '00000002.history')
  await verifyKept(kept)
  assert.deepEqual(await archive.list(), [kept])
})

test('a segment that is cut has zeros behind that place, and its size', async t => {
  const { from } = await place(t)
  await writeFile(from, segment(segmentBytes))
  await cutSegment(from, 1_234_567)
  assert.deepEqual(await readFile(from), segment(1_234_567))
})

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, at)
    byte[0]! ^= 4
    await file.write(byte, 0, 1, at)
  } finally {
    await file.close()
  }
}
