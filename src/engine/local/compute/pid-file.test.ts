import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePidFile } from './pid-file.ts'

const whole = `4711
/var/lib/pilotlight/data/br-a/pgdata
1790000000
5432
/var/lib/pilotlight/computes/ep-a/socket

  1234567         8
ready   
`

test('a whole file tells everything', () => {
  assert.deepEqual(parsePidFile(whole), {
    pid: 4711,
    dataDirectory: '/var/lib/pilotlight/data/br-a/pgdata',
    startedAt: 1790000000,
    port: 5432,
    socketDirectory: '/var/lib/pilotlight/computes/ep-a/socket',
    status: 'ready',
  })
})

test('every beginning of the file is read without a guess', () => {
  for (let length = 0; length < whole.length; length++) {
    const file = parsePidFile(whole.slice(0, length))
    if (length === 0) assert.equal(file, null)
    if (file && length < whole.indexOf('ready') + 5) assert.equal(file.status, null)
  }
})

test('the pid of a single-user backend is negative', () => {
  assert.equal(parsePidFile('-4711\n/data\n')?.pid, 4711)
})

test('what is no pid file is none', () => {
  for (const text of ['', '\n', 'hello\n', '0\n', '12x\n', '99999999999\n', '\0\0\0\0']) {
    assert.equal(parsePidFile(text), null)
  }
})
