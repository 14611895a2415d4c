import assert from 'node:assert/strict'
import { test } from 'node:test'
import { historyQuery } from '../monitoring/monitoring-queries.ts'
import { operationDetailsQuery, operationPagesQuery } from '../operations/operation-queries.ts'
import { projectListQuery, projectStatesQuery } from '../projects/projects-queries.ts'
import { isOld, nounsOf } from './live-nouns.ts'
import {
  branchesQuery,
  branchQuery,
  computesQuery,
  databasesQuery,
  endpointsQuery,
  projectQuery,
  recentOperationsQuery,
  rolePasswordQuery,
  rolesQuery,
  snapshotsQuery,
  storageQuery,
} from './queries.ts'

const [p, b] = ['p-1', 'br-1']

test('what pages read is old by the news of its own noun', () => {
  const table = [
    [projectListQuery(''), ['projects']],
    [projectStatesQuery, ['projects', 'endpoints']],
    [projectQuery(p), ['projects']],
    [branchesQuery(p), ['branches']],
    [branchQuery(p, b), ['branches']],
    [endpointsQuery(p), ['endpoints']],
    [recentOperationsQuery(p), ['operations']],
    [operationDetailsQuery(p, 'id'), ['operations']],
    [operationPagesQuery(p, {}), ['operations']],
    [computesQuery(p, b), ['endpoints', 'operations', 'activity']],
    [historyQuery({ projectId: p, branchId: b }, '1h'), ['endpoints', 'operations']],
    [snapshotsQuery(p), ['snapshots']],
    [rolesQuery(p, b), ['roles']],
    [databasesQuery(p, b), ['databases']],
    // A password that is looked at is not fetched again and again.
    [rolePasswordQuery(p, b, 'app'), []],
    [storageQuery(p), []],
  ] as const
  for (const [{ queryKey }, nouns] of table) assert.deepEqual(nounsOf(queryKey), nouns, String(queryKey))
  assert.deepEqual(nounsOf(['sql', 'select 1']), [])
})

test('news of one project leave the others alone', () => {
  const { queryKey } = branchesQuery(p)
  assert.ok(isOld(queryKey, 'branches', new Set([p])))
  assert.ok(isOld(queryKey, 'branches', new Set(['*'])))
  assert.ok(!isOld(queryKey, 'branches', new Set(['p-2'])))
  assert.ok(!isOld(queryKey, 'roles', new Set([p])))
  assert.ok(isOld(projectListQuery('x').queryKey, 'projects', new Set(['p-2'])))
})
