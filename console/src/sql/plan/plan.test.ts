import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePlan } from './plan.ts'

const explained = (plan: object, rest: object = {}) => JSON.stringify([{ Plan: plan, ...rest }])
const ran = (type: string, ms: number, loops: number, rows: number, planned: number, rest: object = {}) => ({
  ...{ 'Node Type': type, 'Total Cost': ms, 'Plan Rows': planned, 'Actual Rows': rows },
  ...{ 'Actual Total Time': ms, 'Actual Loops': loops, ...rest },
})
const shown = (json: string) =>
  parsePlan(json)!.nodes.map(({ type, depth, ms, ownMs }) => [type, depth, ms, ownMs])

test('a node’s own time is what its children did not take, over all loops', () => {
  const scan = ran('Index Scan', 2, 10, 1, 1, { 'Relation Name': 'orders', Alias: 'o', 'Index Name': 'pk' })
  const outer = ran('Seq Scan', 5, 1, 10, 1000, {
    'Relation Name': 'shops',
    Alias: 'shops',
    Filter: '(a > 1)',
  })
  const join = ran('Nested Loop', 30, 1, 10, 10, { 'Join Type': 'Left', Plans: [outer, scan] })
  const json = explained(join, { 'Planning Time': 0.5, 'Execution Time': 31 })
  assert.deepEqual(shown(json), [
    ['Nested Loop Left Join', 0, 30, 5],
    ['Seq Scan', 1, 5, 5],
    ['Index Scan', 1, 20, 20],
  ])
  const plan = parsePlan(json)!
  assert.deepEqual([plan.wasRun, plan.planningMs, plan.executionMs], [true, 0.5, 31])
  const [, shops, orders] = plan.nodes
  assert.equal(orders?.subject, 'orders o using pk')
  assert.equal(shops?.subject, 'shops')
  assert.deepEqual(shops?.details, [['Filter', '(a > 1)']])
  assert.equal(shops?.misestimate, 100)
  assert.ok(Math.abs((orders?.share ?? 0) - 20 / 30) < 1e-9)
})

test('parallel workers run at the same time', () => {
  const scan = ran('Seq Scan', 10, 3, 100, 100, { 'Parallel Aware': true, 'Relation Name': 'orders' })
  const gather = ran('Gather', 12, 1, 300, 300, { 'Workers Launched': 2, Plans: [scan] })
  assert.deepEqual(shown(explained(gather)), [
    ['Gather', 0, 12, 2],
    ['Parallel Seq Scan', 1, 10, 10],
  ])
})

test('a CTE’s time is its first scan’s, wherever it hangs', () => {
  const cte = ran('Seq Scan', 40, 1, 5, 5, {
    'Subplan Name': 'CTE recent',
    'Parent Relationship': 'InitPlan',
  })
  const scan = ran('CTE Scan', 42, 1, 5, 5, { 'CTE Name': 'recent', Alias: 'recent' })
  const root = ran('Sort', 50, 1, 5, 5, { Plans: [cte, scan] })
  assert.deepEqual(shown(explained(root)), [
    ['Sort', 0, 50, 8],
    ['Seq Scan', 1, 40, 40],
    ['CTE Scan', 1, 42, 2],
  ])
})

test('so are its buffers, but its cost is in that of what it hangs on', () => {
  const node = (type: string, cost: number, hit: number, rest: object = {}) => ({
    ...{ 'Node Type': type, 'Total Cost': cost, 'Plan Rows': 1, 'Shared Hit Blocks': hit, ...rest },
  })
  const cte = node('Seq Scan', 1943, 443, { 'Subplan Name': 'CTE c' })
  const scan = (alias: string, hit: number) => node('CTE Scan', 10, hit, { 'CTE Name': 'c', Alias: alias })
  const plan = parsePlan(
    explained(node('Merge Join', 2029, 450, { Plans: [cte, scan('x', 443), scan('y', 0)] })),
  )!
  assert.deepEqual(
    plan.nodes.map(({ type, ownCost, buffers }) => [type, ownCost, buffers?.hit]),
    [
      ['Merge Join', 66, 7],
      ['Seq Scan', 1943, 443],
      ['CTE Scan', 10, 0],
      ['CTE Scan', 10, 0],
    ],
  )
})

test('without ANALYZE shares are of the cost', () => {
  const node = (type: string, cost: number, rest: object = {}) => ({
    ...{ 'Node Type': type, 'Total Cost': cost, 'Plan Rows': 1, ...rest },
  })
  const plan = parsePlan(explained(node('Limit', 10, { Plans: [node('Seq Scan', 8)] })))!
  assert.equal(plan.wasRun, false)
  assert.deepEqual(
    plan.nodes.map(({ share, ms, misestimate }) => [share, ms, misestimate]),
    [
      [0.2, undefined, 1],
      [0.8, undefined, 1],
    ],
  )
})

test('what was never run has no rows, and is no wrong estimate', () => {
  const [node] = parsePlan(explained(ran('Index Scan', 0, 0, 0, 1000)))!.nodes
  assert.deepEqual([node?.loops, node?.actualRows, node?.misestimate], [0, undefined, 1])
})

test('buffers are a node’s own', () => {
  const scan = ran('Seq Scan', 1, 1, 1, 1, { 'Shared Hit Blocks': 5, 'Shared Read Blocks': 2 })
  const sort = ran('Sort', 2, 1, 1, 1, { 'Shared Hit Blocks': 8, 'Shared Read Blocks': 2, Plans: [scan] })
  const [own, child] = parsePlan(explained(sort))!.nodes
  assert.deepEqual(own?.buffers, { hit: 3, read: 0, dirtied: 0, written: 0, temp: 0 })
  assert.deepEqual([child?.buffers?.hit, child?.buffers?.read], [5, 2])
})

test('names as EXPLAIN’s text has them', () => {
  const rows: [object, string][] = [
    [{ 'Node Type': 'Aggregate', Strategy: 'Hashed', 'Partial Mode': 'Simple' }, 'Hash Aggregate'],
    [{ 'Node Type': 'Aggregate', Strategy: 'Plain', 'Partial Mode': 'Partial' }, 'Partial Aggregate'],
    [{ 'Node Type': 'Hash Join', 'Join Type': 'Right Anti' }, 'Hash Right Anti Join'],
    [{ 'Node Type': 'ModifyTable', Operation: 'Update' }, 'Update'],
  ]
  for (const [plan, name] of rows) assert.equal(parsePlan(explained(plan))?.nodes[0]?.type, name)
})

test('anything else is none', () => {
  for (const text of ['', '[]', '{}', '[{"Plan": 1}]', 'Seq Scan on orders', 'null'])
    assert.equal(parsePlan(text), undefined, text)
})
