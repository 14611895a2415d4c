import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { LockHeldError, processBegan, takeLock } from './lock.ts'

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pilotlight-lock-'))
  file = join(dir, 'up.lock')
})
afterEach(() => rmSync(dir, { recursive: true }))

const take = () => takeLock(file, dir, new Date())

test('held, it is refused, and the holder is named', () => {
  const lock = take()
  assert.throws(take, (error: unknown) => error instanceof LockHeldError && error.holder.pid === process.pid)
  lock.release()
  take().release()
  assert.deepEqual(readdirSync(dir), [])
})

test('a dead holder does not keep it', async () => {
  const child = spawn('sleep', ['60'])
  writeFileSync(file, JSON.stringify({ pid: child.pid, began: processBegan(child.pid!), since: 'then' }))
  assert.throws(take, LockHeldError)
  child.kill('SIGKILL')
  await once(child, 'exit')
  take().release()
  assert.equal(existsSync(file), false)
})

test('a pid that was given out again does not keep it', () => {
  writeFileSync(file, JSON.stringify({ pid: process.pid, began: 'another time', since: 'then' }))
  take().release()
})

test('a damaged file does not keep it', () => {
  writeFileSync(file, '{"pid": 12')
  take().release()
})
