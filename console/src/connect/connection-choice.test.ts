import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Branch, Endpoint } from '../api/queries.ts'
import { chooseBranch, chooseOf } from './connection-choice.ts'

const branch = (id: string, isDefault = false) => ({ id, default: isDefault }) as Branch
const endpoint = (id: string, branch_id: string, type: string) => ({ id, branch_id, type }) as Endpoint

const there = {
  endpoints: [endpoint('ep-r', 'br-a', 'read_only'), endpoint('ep-w', 'br-a', 'read_write')],
  databases: [
    { name: 'shop', owner_name: 'owner' },
    { name: 'other', owner_name: 'reader' },
  ],
  roles: [{ name: 'reader' }, { name: 'owner' }],
}

test('the branch that was asked for, else the default one', () => {
  const branches = [branch('br-a'), branch('br-b', true)]
  assert.equal(chooseBranch(branches, { branch: 'br-a' })?.id, 'br-a')
  assert.equal(chooseBranch(branches, { branch: 'br-gone' })?.id, 'br-b')
  assert.equal(chooseBranch([], {}), undefined)
})

test('the role is the owner of the database, unless another was asked for', () => {
  const names = (wish: object) => {
    const { endpoint, database, role } = chooseOf('br-a', there, wish)
    return [endpoint?.id, database?.name, role?.name]
  }
  assert.deepEqual(names({}), ['ep-w', 'shop', 'owner'])
  assert.deepEqual(names({ database: 'other' }), ['ep-w', 'other', 'reader'])
  assert.deepEqual(names({ database: 'gone', role: 'reader' }), ['ep-w', 'shop', 'reader'])
})

test('a branch without a compute or databases has none to choose', () => {
  assert.deepEqual(chooseOf('br-b', { ...there, databases: [], roles: [] }, {}), {})
})
