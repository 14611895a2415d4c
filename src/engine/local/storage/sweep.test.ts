import assert from 'node:assert/strict'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDir } from '../local-harness.ts'
import { removeTree, sweep } from './sweep.ts'

test('leftovers are swept, and removing what is not there is no error', async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  for (const name of ['.staging-br-a-1', '.trash-2', 'br-b'])
    await mkdir(join(root, name, 'pgdata'), { recursive: true })
  assert.equal((await sweep(root)).length, 2)
  await removeTree(join(root, 'br-b'))
  await removeTree(join(root, 'br-b'))
  assert.deepEqual(await readdir(root), [])
})
