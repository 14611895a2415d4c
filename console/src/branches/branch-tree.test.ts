import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../../../src/contract/limits.ts'
import { branchTree } from './branch-tree.ts'

const branch = (name: string, parent?: string) => ({
  id: `br-${name}`,
  name,
  default: name === 'main',
  ...(parent !== undefined && { parent_id: `br-${parent}` }),
})
const shown = (rows: ReturnType<typeof branchTree>) =>
  rows.map(({ branch, depth }) => `${'  '.repeat(depth)}${branch.name}`)

const family = [
  branch('anew'),
  branch('dev', 'main'),
  branch('feature', 'dev'),
  branch('main'),
  branch('bugfix', 'main'),
]

test('each stands below its parent, the default branch first', () => {
  assert.deepEqual(shown(branchTree(family)), ['main', '  bugfix', '  dev', '    feature', 'anew'])
})

test('one whose parent is gone is a root', () => {
  assert.deepEqual(shown(branchTree([branch('main'), branch('left', 'gone')])), ['main', 'left'])
})

test('the default branch’s family comes first, though a restore has made it a child', () => {
  const restored = [branch('anew'), branch('main', 'old'), branch('backup', 'old'), branch('old')]
  assert.deepEqual(shown(branchTree(restored)), ['old', '  main', '  backup', 'anew'])
})

test('a search keeps who leads to what it found', () => {
  const rows = branchTree(family, ' FEAT ')
  assert.deepEqual(shown(rows), ['main', '  dev', '    feature'])
  assert.deepEqual(
    rows.map(({ isMatch }) => isMatch),
    [false, false, true],
  )
  assert.deepEqual(branchTree(family, 'nothing'), [])
})

test('an id is found, too', () => {
  assert.deepEqual(shown(branchTree(family, 'br-anew')), ['anew'])
})

test('a chain as long as a project may have is shown whole', () => {
  const chain = Array.from({ length: limits.branchesPerProject }, (_, at) =>
    branch(`b${at}`, at === 0 ? undefined : `b${at - 1}`),
  )
  assert.equal(branchTree(chain).at(-1)?.depth, limits.branchesPerProject - 1)
})

test('what is folded away is counted, and a search unfolds it', () => {
  const rows = branchTree(family, '', new Set(['br-main', 'br-anew']))
  assert.deepEqual(shown(rows), ['main', 'anew'])
  assert.deepEqual(
    rows.map(({ children, folded }) => [children, folded]),
    [
      [2, 3],
      [0, 0],
    ],
  )
  assert.deepEqual(shown(branchTree(family, 'feat', new Set(['br-main']))), ['main', '  dev', '    feature'])
})
