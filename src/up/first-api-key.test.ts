import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ensureFirstApiKey } from './first-api-key.ts'

test('the first key is made once, and one that was half made leaves nothing', async t => {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-key-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'api-key')
  const known: string[] = []
  const keys = {
    has: async (token: string) => known.includes(token),
    add: async (token: string) => void known.push(token),
  }
  const killed = { ...keys, add: () => Promise.reject(new Error('killed')) }
  await assert.rejects(ensureFirstApiKey(file, killed), /killed/)
  assert.deepEqual(known, [])
  await ensureFirstApiKey(file, keys)
  const token = await readFile(file, 'utf8')
  assert.deepEqual(known, [token.trim()])
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await ensureFirstApiKey(file, keys)
  assert.equal(await readFile(file, 'utf8'), token)
  assert.equal(known.length, 1)
  assert.deepEqual(await readdir(dir), ['api-key'])
})
