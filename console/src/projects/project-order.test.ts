import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matching, ordered, type ProjectOrder } from './project-order.ts'

const projects = [
  { id: 'p-1', name: 'shop10', created_at: '3', compute_last_active_at: '2026-11-25T10:00:00Z' },
  { id: 'p-2', name: 'Shop9', created_at: '2' },
  { id: 'p-3', name: 'api', created_at: '1', compute_last_active_at: '2026-11-25T12:00:00Z' },
]
const state = (project_id: string, awake: number, storage_bytes: number) => ({
  ...{ project_id, awake, storage_bytes, branches: 1, computes: 1, waking: 0 },
})
const states = new Map([
  ['p-1', state('p-1', 0, 10)],
  ['p-2', state('p-2', 1, 30)],
])
const ids = (order: ProjectOrder) => ordered(projects, order, states).map(({ id }) => id)

test('by name, by size, by when they were used', () => {
  assert.deepEqual(ids('created'), ['p-1', 'p-2', 'p-3'])
  assert.deepEqual(ids('name'), ['p-3', 'p-2', 'p-1'])
  assert.deepEqual(ids('size'), ['p-2', 'p-1', 'p-3'])
  assert.deepEqual(ids('active'), ['p-2', 'p-3', 'p-1'])
})

test('two that are awake keep their order', () => {
  const both = new Map(projects.map(({ id }) => [id, state(id, 1, 0)]))
  assert.deepEqual(
    ordered(projects, 'active', both).map(({ id }) => id),
    ['p-1', 'p-2', 'p-3'],
  )
})

test('the search takes names and ids, in any case', () => {
  assert.deepEqual(
    matching(projects, ' SHOP').map(({ id }) => id),
    ['p-1', 'p-2'],
  )
  assert.deepEqual(
    matching(projects, 'p-3').map(({ id }) => id),
    ['p-3'],
  )
  assert.equal(matching(projects, '').length, 3)
})
