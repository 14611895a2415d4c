import assert from 'node:assert/strict'
import { test } from 'node:test'
import { branchesSearch } from './branches-search.ts'

test('what it knows stays', () => {
  const search = {
    search: 'dev',
    dialog: 'compare',
    branch: 'br-1',
    base: 'br-2',
    db: 'shop',
    at: '2026-11-25T18:40:12Z',
  }
  assert.deepEqual(branchesSearch(search), search)
})

test('what it does not know, or is about nothing, goes', () => {
  assert.deepEqual(branchesSearch({ search: '', dialog: 'explode', branch: 'br-1' }), {})
  assert.deepEqual(branchesSearch({ search: 7, dialog: 'rename', branch: 'br-1', base: 'br-2' }), {
    dialog: 'rename',
    branch: 'br-1',
  })
  assert.deepEqual(branchesSearch({ dialog: 'compare', base_at: 'yesterday' }), { dialog: 'compare' })
})
