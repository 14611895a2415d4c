import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sortAfterClick, tablesSearch } from './tables-search.ts'

test('an address says where we are and which rows are shown', () => {
  const whole = {
    ...{ branch: 'br-a', database: 'shop', role: 'owner', at: '2026-11-25T18:00:00Z' },
    ...{ schema: 'public', table: 'orders', tab: 'structure', page: 3 },
    filter: [
      ['price', '>=', '10'],
      ['note', 'null', ''],
    ],
    sort: [['price', 'desc']],
  }
  assert.deepEqual(tablesSearch(whole), whole)
})

test('names that the router took for something else are names; a table without a schema is in public', () => {
  assert.deepEqual(tablesSearch({ database: 2026, table: true }), {
    ...{ database: '2026', schema: 'public', table: 'true' },
  })
})

test('what is not understood is left out', () => {
  assert.deepEqual(
    tablesSearch({
      ...{ branch: { a: 1 }, at: 'some day', table: 't', page: 0, tab: 'other' },
      filter: [['a', 'drop', 'x'], ['b'], 'c', [1, '=', '2'], ['d', '=', 4], ['e', 'value']],
      sort: [
        ['a', 'up'],
        ['b', 'asc'],
      ],
    }),
    { schema: 'public', table: 't', filter: [['e', 'value', '']], sort: [['b', 'asc']] },
  )
  assert.deepEqual(tablesSearch({ schema: 's', page: 2, filter: [['a', '=', '1']] }), {})
  assert.deepEqual(tablesSearch({ at: '0/1DE2850' }), { at: '0/1DE2850' })
})

test('a header sorts up, down, and not', () => {
  assert.deepEqual(sortAfterClick([], 'a', false), [['a', 'asc']])
  assert.deepEqual(sortAfterClick([['a', 'asc']], 'a', false), [['a', 'desc']])
  assert.deepEqual(sortAfterClick([['a', 'desc']], 'a', false), [])
  assert.deepEqual(sortAfterClick([['a', 'desc']], 'b', false), [['b', 'asc']])
  assert.deepEqual(sortAfterClick([['a', 'desc']], 'b', true), [
    ['a', 'desc'],
    ['b', 'asc'],
  ])
  assert.deepEqual(
    sortAfterClick(
      [
        ['a', 'asc'],
        ['b', 'asc'],
      ],
      'a',
      true,
    ),
    [
      ['a', 'desc'],
      ['b', 'asc'],
    ],
  )
})
