import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ConfigError } from '../config.ts'
import { temporaryDir } from '../engine/local/local-harness.ts'
import { mountedFileSystem } from '../engine/local/storage/mounts.ts'
import { LockHeldError, takeLock } from './lock.ts'
import { pathsOf } from './paths.ts'
import { mountedAt, mountStorageImage, storagePlaceOf } from './storage-image.ts'
import { createSteps, createStorage, parseSize } from './storage-image-create.ts'

const mib = 2 ** 20
const sizeBytes = 400 * mib
const quiet = () => {}

test('sizes', () => {
  assert.equal(parseSize('50G'), 50 * 1024 ** 3)
  assert.equal(parseSize('1.5t'), 1.5 * 1024 ** 4)
  assert.equal(parseSize('500MiB'), 500 * mib)
  for (const text of ['', '50', '50X', '-1G', 'G', '1e3G', '50GG']) assert.equal(parseSize(text), undefined)
})

/** The data directory that is to be; unmounted and removed after the test. Null where nothing can be mounted. */
async function place(t: TestContext): Promise<string | null> {
  const outside = await mountedFileSystem(t, 'ext4', '20M')
  if (!outside) return null
  const root = await temporaryDir()
  t.after(async () => {
    for (const path of [join(root, 'pl'), join(root, 'pl.xfs.mount')]) {
      while ((await mountedAt(path)) !== null) execFileSync('umount', [path])
    }
    await rm(root, { recursive: true, force: true })
  })
  return join(root, 'pl')
}

async function fill(dataDir: string): Promise<void> {
  await mkdir(join(dataDir, 'data/br-a/pgdata'), { recursive: true })
  await mkdir(join(dataDir, 'run'))
  await writeFile(join(dataDir, 'data/br-a/pgdata/PG_VERSION'), '17\n', { mode: 0o600 })
  await writeFile(join(dataDir, 'data/br-a/big'), Buffer.alloc(10 * mib, 7))
  await link(join(dataDir, 'data/br-a/big'), join(dataDir, 'data/br-a/kept'))
  execFileSync('chown', ['12345:12345', join(dataDir, 'data/br-a/pgdata')])
}

async function checkData(dataDir: string): Promise<void> {
  assert.equal(await readFile(join(dataDir, 'data/br-a/pgdata/PG_VERSION'), 'utf8'), '17\n')
  assert.deepEqual(await readFile(join(dataDir, 'data/br-a/big')), Buffer.alloc(10 * mib, 7))
  assert.equal((await stat(join(dataDir, 'data/br-a/kept'))).nlink, 2)
  assert.equal((await stat(join(dataDir, 'data/br-a/pgdata'))).uid, 12345)
}

test('where there is nothing yet, the data directory is an empty XFS', async t => {
  const dataDir = await place(t)
  if (!dataDir) return
  const said: string[] = []
  const options = { dataDir, sizeBytes, force: true, say: (line: string) => said.push(line) }
  await createStorage(options)
  assert.deepEqual(await readdir(dataDir), [])
  assert.notEqual(await mountedAt(dataDir), null)
  assert.deepEqual((await readdir(join(dataDir, '..'))).sort(), ['pl', 'pl.xfs'])
  // Sparse: it takes far less than its size.
  assert.ok((await stat(`${dataDir}.xfs`)).blocks * 512 < sizeBytes / 4)
  await createStorage(options)
  assert.match(said.at(-1) ?? '', /is there already/)
})

test('data moves in, is found again after a reboot, and the old directory stays', async t => {
  const dataDir = await place(t)
  if (!dataDir) return
  await fill(dataDir)
  const said: string[] = []
  await createStorage({ dataDir, sizeBytes, force: true, say: line => said.push(line) })
  await checkData(dataDir)
  await checkData(`${dataDir}.before-storage`)
  assert.match(said.join('\n'), /Copying 1\d\.\d MB.*rm -rf \S+\.before-storage/s)
  assert.equal(existsSync(pathsOf(dataDir).lockFile), false)

  execFileSync('umount', [dataDir])
  assert.deepEqual(await readdir(dataDir), [])
  await mountStorageImage(dataDir, quiet)
  await mountStorageImage(dataDir, quiet)
  await checkData(dataDir)
  execFileSync('umount', [dataDir])
  assert.equal(await mountedAt(dataDir), null, 'it was mounted once')
})

for (const step of createSteps) {
  test(`killed after "${step}": the old data or the new, and another try ends it`, async t => {
    const dataDir = await place(t)
    if (!dataDir) return
    await fill(dataDir)
    const script = `
      import { createStorage } from ${JSON.stringify(new URL('./storage-image-create.ts', import.meta.url))}
      await createStorage({
        dataDir: ${JSON.stringify(dataDir)}, sizeBytes: ${sizeBytes}, force: true, say() {},
        between: step => { if (step === '${step}') process.kill(process.pid, 'SIGKILL') },
      })`
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    assert.equal(killed.signal, 'SIGKILL', killed.stderr)

    await mountStorageImage(dataDir, quiet)
    await checkData(dataDir)
    const isNew = ['named', 'moved'].includes(step)
    assert.equal((await mountedAt(dataDir)) !== null, isNew)
    await createStorage({ dataDir, sizeBytes, force: true, say: quiet })
    await checkData(dataDir)
    assert.notEqual(await mountedAt(dataDir), null)
    assert.deepEqual((await readdir(join(dataDir, '..'))).sort(), ['pl', 'pl.before-storage', 'pl.xfs'])
  })
}

const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigError && message.test(error.message)

test('refusals leave all as it was, and say what to do', async t => {
  const dataDir = await place(t)
  if (!dataDir) return
  await fill(dataDir)
  const options = { dataDir, sizeBytes, force: true, say: quiet }
  const lock = takeLock(pathsOf(dataDir).lockFile, dataDir, new Date())
  await assert.rejects(createStorage(options), LockHeldError)
  lock.release()
  await assert.rejects(createStorage({ ...options, sizeBytes: 200 * mib }), refused(/at least 300M/))
  execFileSync('fallocate', ['-l', '300M', join(dataDir, 'more')])
  await assert.rejects(createStorage(options), refused(/too small for the 3\d\d MB .* at least 4\d\dM/))
  await rm(join(dataDir, 'more'))
  await assert.rejects(
    createStorage({
      ...options,
      between() {
        throw new Error('something went wrong')
      },
    }),
    /something went wrong/,
  )
  assert.deepEqual(await readdir(join(dataDir, '..')), ['pl'])
  await checkData(dataDir)
})

test('no image where it would bring nothing, and none below a mount point', async t => {
  const xfs = await mountedFileSystem(t, 'xfs', '400M')
  if (!xfs) return
  const options = { dataDir: join(xfs, 'pl'), sizeBytes, say: quiet }
  await assert.rejects(createStorage(options), refused(/share bytes here already .*--force/))
  await assert.rejects(createStorage({ ...options, dataDir: xfs, force: true }), refused(/mount point/))
  assert.deepEqual(await readdir(xfs), [])
})

test('too little room beside the data is told before anything is done', async t => {
  const small = await mountedFileSystem(t, 'ext4', '50M')
  if (!small) return
  const dataDir = join(small, 'pl')
  await fill(dataDir)
  await assert.rejects(
    createStorage({ dataDir, sizeBytes, say: quiet }),
    refused(/are needed.*Free some space/),
  )
})

test('data that appeared below an image is never hidden or removed', async t => {
  const dataDir = await place(t)
  if (!dataDir) return
  await createStorage({ dataDir, sizeBytes, force: true, say: quiet })
  execFileSync('umount', [dataDir])
  await fill(dataDir)
  await mkdir(`${dataDir}.before-storage`)
  await assert.rejects(mountStorageImage(dataDir, quiet), refused(/is not empty, and .* is there already/))
  await rm(`${dataDir}.before-storage`, { recursive: true })
  await mountStorageImage(dataDir, quiet)
  assert.deepEqual(await readdir(dataDir), [])
  await checkData(`${dataDir}.before-storage`)
})

test('what else is mounted at the data directory is not taken for the image', async t => {
  const other = await mountedFileSystem(t, 'ext4', '20M')
  if (!other) return
  await writeFile(`${other}.xfs`, '')
  await assert.rejects(mountStorageImage(other, quiet), refused(/is mounted at .*Unmount that/))
})

test('an image that cannot be mounted ends the start, with a remedy', async t => {
  const dataDir = await place(t)
  if (!dataDir) return
  await writeFile(`${dataDir}.xfs`, Buffer.alloc(mib))
  await assert.rejects(mountStorageImage(dataDir, quiet), refused(/cannot be mounted .*xfs_repair/))
  assert.equal((await storagePlaceOf(dataDir)).lockFile, `${dataDir}.xfs.lock`)
  assert.equal(existsSync(`${dataDir}.xfs.lock`), false)
})
