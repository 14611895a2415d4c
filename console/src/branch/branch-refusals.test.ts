import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../../../src/contract/limits.ts'
import { contentsRefusal, databaseRefusal, roleRefusal, snapshotRefusal } from './branch-refusals.ts'

const ready = { current_state: 'ready' }

test('one whose data could not be made is not changed; one that is being made is', () => {
  const failed = { current_state: 'failed' }
  for (const refusal of [
    contentsRefusal(failed),
    roleRefusal(failed, 0),
    databaseRefusal(failed, 0, 1),
    snapshotRefusal(failed, 0),
  ]) {
    assert.match(refusal!, /could not be made/)
  }
  assert.equal(contentsRefusal({ current_state: 'init' }), undefined)
  assert.equal(contentsRefusal(ready), undefined)
})

test('there is room up to the contract’s limits', () => {
  assert.equal(roleRefusal(ready, limits.rolesPerBranch - 1), undefined)
  assert.match(roleRefusal(ready, limits.rolesPerBranch)!, /500 roles/)
  assert.equal(databaseRefusal(ready, limits.databasesPerBranch - 1, 1), undefined)
  assert.match(databaseRefusal(ready, limits.databasesPerBranch, 1)!, /databases/)
  assert.match(databaseRefusal(ready, 0, 0)!, /no role yet/)
  assert.equal(snapshotRefusal(ready, limits.snapshotsPerProject - 1), undefined)
  assert.match(snapshotRefusal(ready, limits.snapshotsPerProject)!, /in the project/)
})
