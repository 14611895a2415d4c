import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectSearch } from './connect-search.ts'

test('what an address holds that the dialog does not know is left out', () => {
  const rows: [Record<string, unknown>, object][] = [
    [{}, {}],
    [{ connect: true }, { connect: true }],
    [{ connect: 'yes', branch: 'br-a' }, {}],
    [{ branch: 'br-a', as: 'psql' }, {}],
    [
      { connect: true, branch: 'br-a', database: 2026, role: 'o', as: 'psql', password: 'p' },
      { connect: true, branch: 'br-a', database: '2026', role: 'o', as: 'psql' },
    ],
    [{ connect: true, branch: '', role: null, database: {} }, { connect: true }],
  ]
  for (const [search, expected] of rows) assert.deepEqual(connectSearch(search), expected)
})
