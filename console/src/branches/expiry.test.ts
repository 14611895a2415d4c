import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expiryMs, expiryProblem, never } from './expiry.ts'

test('never, in some time, at a time', () => {
  assert.equal(expiryMs(never, 1000), undefined)
  assert.equal(expiryMs({ seconds: 3600, atMs: 5 }, 1000), 3_601_000)
  assert.equal(expiryMs({ seconds: -1, atMs: 5000 }, 1000), 5000)
})

test('it has to lie ahead', () => {
  assert.equal(expiryProblem(never, 1000), undefined)
  assert.equal(expiryProblem({ seconds: -1, atMs: 1001 }, 1000), undefined)
  assert.match(expiryProblem({ seconds: -1, atMs: 1000 }, 1000)!, /over/)
  assert.match(expiryProblem({ seconds: -1, atMs: undefined }, 1000)!, /Choose/)
})
