import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addLine, emptyAnswer, type QueryAnswer } from '../sql-client/query-results.ts'
import { askExplain, askRun } from './ask.ts'
import { type Asked, changesNames, historyEntryOf, type Run } from './run.ts'
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

test('names are read anew after what may have changed them', () => {
  const changes = (command: string, ...columns: string[]): boolean => {
    const answer = emptyAnswer()
    const all = columns.map(name => ({ name, type_oid: 25, type: 'text' }))
    if (all.length > 0) addLine(answer, { type: 'columns', statement: 0, columns: all })
    addLine(answer, { type: 'done', statement: 0, command, row_count: 1, ms: 1 })
    return changesNames(run(asked('…'), answer))
  }
  assert.ok(changes('CREATE TABLE') && changes('DROP SCHEMA') && changes('DO'))
  // CREATE TABLE … AS.
  assert.ok(changes('SELECT 1'))
  assert.ok(!changes('SELECT 1', 'a') && !changes('INSERT 0 1') && !changes('BEGIN'))
})
