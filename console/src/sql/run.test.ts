import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyAnswer, type QueryAnswer } from '../sql-client/query-results.ts'
import { askExplain, askRun } from './ask.ts'
import { type Asked, historyEntryOf, type Run } from './run.ts'
import { splitStatements } from './split-statements.ts'

const target = { project_id: 'p', branch_id: 'b', database: 'd', role: 'r' }
const run = (asked: Asked, answer: Partial<QueryAnswer> = {}): Run => ({
  ...{ id: 1, asked, startedAtMs: 5, elapsedMs: 7, state: 'done', problem: undefined },
  answer: { ...emptyAnswer(), ...answer },
})
const asked = (sql: string) => askRun(splitStatements(sql), target, sql, 'd on main')

test('the history has what was sent', () => {
  assert.deepEqual(
    historyEntryOf(run(asked('select 1; select 2 -- two'), { end: { ms: 3, rolledBack: false } })),
    {
      ...{ sql: 'select 1;\nselect 2', place: 'd on main', outcome: '2 statements, 0 rows', status: 'done' },
      ...{ atMs: 5, durationMs: 3 },
    },
  )
})

test('what was rolled back after it was measured is so when it is run again from the history', () => {
  const [statement] = splitStatements('delete from orders')
  const { sql } = historyEntryOf(run(askExplain('analyze', statement!, target, '', '')))
  assert.deepEqual(
    splitStatements(sql).map(one => one.sql),
    ['begin', 'explain (analyze, buffers, format json) delete from orders', 'rollback'],
  )
})
