import assert from 'node:assert/strict'
import files, { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { entriesBelow } from './tree.ts'

async function place(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'pilotlight-test-'))
}

const pathsBelow = async (root: string): Promise<string[]> =>
  (await entriesBelow(root)).map(entry => join(entry.parentPath, entry.name).slice(root.length + 1)).sort()

test('everything is there, a directory too, and a file is no directory', async t => {
  const root = await place()
  t.after(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'a/b'), { recursive: true })
  await mkdir(join(root, 'empty'))
  await writeFile(join(root, 'a/b/file'), '')
  assert.deepEqual(await pathsBelow(root), ['a', 'a/b', 'a/b/file', 'empty'])
  assert.deepEqual(await entriesBelow(join(root, 'nowhere')), [])
  await assert.rejects(entriesBelow(join(root, 'a/b/file')), { code: 'ENOTDIR' })
})

test('what stays is found, whatever goes beside it', async t => {
  const root = await place()
  t.after(() => rm(root, { recursive: true }))
  for (const name of ['first', 'last']) {
    await mkdir(join(root, name))
    await writeFile(join(root, name, 'stays'), '')
  }
  const end = Date.now() + 500
  const busy = async (name: string): Promise<void> => {
    while (Date.now() < end) {
      await mkdir(join(root, name, 'a/b/c'), { recursive: true })
      await rm(join(root, name), { recursive: true })
    }
  }
  const others = Promise.all(['early', 'middle', 'zero'].map(busy))
  while (Date.now() < end) {
    const files = (await pathsBelow(root)).filter(path => path.endsWith('stays'))
    assert.deepEqual(files, ['first/stays', 'last/stays'])
  }
  await others
})

test('a directory may hold more than a call takes arguments: three files for each table', async t => {
  const entry = { name: '16384', parentPath: '/base', isDirectory: () => false }
  const many = Array.from({ length: 300_000 }, () => entry)
  t.mock.method(files, 'readdir', async () => many)
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  assert.equal((await entriesBelow('/base')).length, many.length)
})
