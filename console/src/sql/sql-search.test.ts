import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentOf, sqlSearch } from './sql-search.ts'

test('it takes what it knows, and no SQL', () => {
  const all = { branch: 'br-a', database: 'db', role: 'r', at: '2026-11-25T18:00:00.000Z', read_only: true }
  assert.deepEqual(sqlSearch({ ...all, sql: 'select 1' }), all)
  assert.deepEqual(sqlSearch({ branch: 7, database: '', at: 'yesterday', read_only: 'yes' }), { branch: '7' })
})

test('a moment is a time or an LSN', () => {
  assert.deepEqual(momentOf('0/1DE2850'), { lsn: '0/1DE2850' })
  assert.deepEqual(momentOf('2026-11-25T18:00:00+01:00'), { timestamp: '2026-11-25T17:00:00.000Z' })
  assert.equal(momentOf('2026'), undefined)
  assert.equal(momentOf('2026-13-45T00:00:00Z'), undefined)
})
