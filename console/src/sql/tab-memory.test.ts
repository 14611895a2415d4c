import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueryClient } from '@tanstack/react-query'
import { addToHistory, forgetHistory, type HistoryEntry, recall, remember } from './tab-memory.ts'

const entry = (sql: string): Omit<HistoryEntry, 'id'> => ({
  ...{ sql, atMs: 0, place: 'db on main', status: 'done', durationMs: 1, outcome: '1 row' },
})
const history = (queries: QueryClient, project: string) =>
  recall<HistoryEntry[]>(queries, 'history', project, []).map(({ sql }) => sql)

test('the newest are kept, of each project for itself', () => {
  const queries = new QueryClient()
  for (let n = 1; n <= 250; n++) addToHistory(queries, 'shop', entry(`select ${n}`))
  addToHistory(queries, 'other', entry('select 0'))
  const kept = history(queries, 'shop')
  assert.deepEqual([kept.length, kept[0], kept.at(-1)], [200, 'select 250', 'select 51'])
  assert.deepEqual(history(queries, 'other'), ['select 0'])
  forgetHistory(queries, 'shop')
  assert.deepEqual(history(queries, 'shop'), [])
})

test('it stays while nobody looks at it, and goes with the sign-out', () => {
  const queries = new QueryClient()
  remember(queries, 'draft', 'shop', 'select 1')
  const [query] = queries.getQueryCache().getAll()
  assert.equal(query?.gcTime, Number.POSITIVE_INFINITY)
  assert.equal(recall(queries, 'draft', 'shop', ''), 'select 1')
  queries.clear()
  assert.equal(recall(queries, 'draft', 'shop', ''), '')
})
