import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ActionSubject, branchActions } from './branch-actions.ts'

const branch = (name: string, more: Partial<ActionSubject> = {}): ActionSubject => ({
  id: `br-${name}`,
  name,
  current_state: 'ready',
  default: false,
  protected: false,
  ...more,
})

function reasons(of: ActionSubject, others: ActionSubject[] = []): Record<string, string> {
  const actions = branchActions(of, [of, ...others])
  return Object.fromEntries(
    actions.flatMap(({ dialog, disabledBecause }) => (disabledBecause ? [[dialog, disabledBecause]] : [])),
  )
}

test('of a plain child everything can be done', () => {
  assert.deepEqual(reasons(branch('dev', { parent_id: 'br-main' }), [branch('main')]), {})
})

test('the default branch stays, and never expires', () => {
  assert.deepEqual(reasons(branch('main', { default: true })), {
    expire: 'The default branch never expires',
    default: 'It is the default branch',
    reset: 'It has no parent',
    delete: 'It is the default branch: make another the default first',
  })
})

test('a protected one keeps its data', () => {
  const found = reasons(branch('prod', { protected: true, parent_id: 'br-main' }), [branch('main')])
  assert.deepEqual(Object.keys(found), ['expire', 'restore', 'reset', 'delete'])
})

test('one that expires cannot be protected', () => {
  assert.match(reasons(branch('dev', { expires_at: '2030-01-01T00:00:00Z' })).protect!, /expires/)
})

test('a parent stays, and its children are named', () => {
  const children = ['a', 'b', 'c', 'd', 'e'].map(name => branch(name, { parent_id: 'br-dev' }))
  assert.equal(
    reasons(branch('dev'), children).delete,
    'Branches depend on it: delete a, b, c and 2 more first',
  )
})

test('what is not ready is not restored, and what failed has no children', () => {
  assert.equal(reasons(branch('new', { current_state: 'init' })).restore, 'It is not ready yet')
  assert.equal(reasons(branch('bad', { current_state: 'failed' })).create, 'Its data could not be made')
})
