import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsoleQueryLine } from '../../../src/contract/console-query.ts'
import { addLine, emptyAnswer } from './query-results.ts'

const answerOf = (lines: ConsoleQueryLine[]) => {
  const answer = emptyAnswer()
  for (const line of lines) addLine(answer, line)
  return answer
}
const column = { name: 'n', type_oid: 23, type: 'integer' }
const done = (statement: number, command: string): ConsoleQueryLine => ({
  ...{ type: 'done', statement, command, row_count: 1, ms: 2 },
})

test('the rows of a statement are put together', () => {
  const answer = answerOf([
    { type: 'connected', ms: 43, woke: true },
    { type: 'columns', statement: 0, columns: [column] },
    { type: 'rows', statement: 0, rows: [['1'], [null]] },
    { type: 'rows', statement: 0, rows: [['3']] },
    { type: 'done', statement: 0, command: 'SELECT 9', row_count: 9, cut: 'rows', ms: 5 },
    { type: 'end', ms: 60, rolled_back: true },
  ])
  assert.deepEqual(answer.connected, { ms: 43, woke: true })
  assert.deepEqual(answer.end, { ms: 60, rolledBack: true })
  const [result] = answer.results
  assert.deepEqual(result?.rows, [['1'], [null], ['3']])
  assert.deepEqual([result?.command, result?.rowCount, result?.cut, result?.ms], ['SELECT 9', 9, 'rows', 5])
})

test('one statement with several results has each for itself; a notice before a result is its own', () => {
  const notice = { severity: 'NOTICE', code: '00000', message: 'hear' }
  const answer = answerOf([
    { type: 'notice', statement: 0, notice },
    { type: 'columns', statement: 0, columns: [column] },
    done(0, 'SELECT 1'),
    done(0, 'CREATE TABLE'),
    { type: 'error', statement: 1, error: { severity: 'ERROR', code: '42601', message: 'no' } },
    { type: 'end', ms: 1, rolled_back: false },
  ])
  assert.deepEqual(
    answer.results.map(({ statement, command, notices, error }) => [
      statement,
      command,
      notices.length,
      error?.code,
    ]),
    [
      [0, 'SELECT 1', 1, undefined],
      [0, 'CREATE TABLE', 0, undefined],
      [1, undefined, 0, '42601'],
    ],
  )
})

test('an error of the session is of no statement', () => {
  const error = { severity: 'FATAL', code: '28P01', message: 'no' }
  const answer = answerOf([
    { type: 'error', statement: null, error },
    { type: 'end', ms: 1, rolled_back: false },
  ])
  assert.deepEqual(answer.error, error)
  assert.deepEqual(answer.results, [])
})
