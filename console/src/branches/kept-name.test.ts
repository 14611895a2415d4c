import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keptName, keptProblem } from './kept-name.ts'

const nowMs = Date.UTC(2026, 10, 25, 18, 40, 59)

test('it tells when, and is free', () => {
  const first = 'main_before_2026-11-25T18-40'
  assert.equal(keptName('main', [{ name: 'main' }], nowMs), first)
  assert.equal(keptName('main', [{ name: first }, { name: `${first}_2` }], nowMs), `${first}_3`)
})

test('where it has to be kept, it has to have a name of its own', () => {
  const branches = [{ name: 'main' }]
  assert.equal(keptProblem('', { isNeeded: false, branches }), undefined)
  assert.match(keptProblem('', { isNeeded: true, branches })!, /has to be kept/)
  assert.match(keptProblem('main', { isNeeded: false, branches })!, /Another branch/)
})
