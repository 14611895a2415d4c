import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../../../src/contract/limits.ts'
import { askExplain, askRun, chosenStatements, runRefusal } from './ask.ts'
import { offsetOf } from './text-position.ts'

const target = { project_id: 'p', branch_id: 'b', database: 'd', role: 'r' }
const text = 'select 1;\n\nselect nope;\nselect 3'
const cursor = (at: string) => ({ text, from: text.indexOf(at), to: text.indexOf(at) })
const sqls = (editor: { text: string; from: number; to: number }) =>
  chosenStatements(editor).map(({ sql }) => sql)

test('what is selected is run, else the statement at the cursor', () => {
  assert.deepEqual(sqls(cursor('nope')), ['select nope'])
  assert.deepEqual(sqls({ text, from: 0, to: text.indexOf('nope') }), ['select 1', 'select'])
  assert.deepEqual(sqls({ text: '', from: 0, to: 0 }), [])
})

test('places are those of the editor, of a selection and behind EXPLAIN too', () => {
  const from = text.indexOf('nope') - 'select '.length
  const [selected] = chosenStatements({ text, from, to: text.length })
  assert.equal(text.slice(selected!.from, selected!.to), 'select nope;')
  const { statements } = askExplain('analyze', selected!, target, text, '')
  const shown = statements[1]!
  const position = shown.sql.indexOf('nope') + 1
  assert.equal(
    text.slice(shown.from + offsetOf(shown.sql, position) - shown.prefixLength).slice(0, 4),
    'nope',
  )
})

test('each statement has its result, and those that we add have none', () => {
  const all = chosenStatements({ text, from: 0, to: text.length })
  const run = askRun(all, target, text, '')
  assert.deepEqual(
    run.query.statements.map(({ sql }) => sql),
    run.statements.map(statement => statement?.sql),
  )
  const analyzed = askExplain('analyze', all[0]!, target, text, '')
  assert.deepEqual(
    analyzed.query.statements.map(({ sql }) => sql),
    ['begin', 'explain (analyze, buffers, format json) select 1', 'rollback'],
  )
  assert.deepEqual(
    analyzed.statements.map(statement => statement?.head),
    [undefined, 'select 1', undefined],
  )
})

test('why they cannot be run', () => {
  const refusal = (sql: string) => runRefusal(chosenStatements({ text: sql, from: 0, to: sql.length }))
  assert.match(refusal('-- nothing')!, /no statement/)
  assert.match(refusal('select 1;\n\\dt')!, /^\\dt is a command of psql’s.*Tables page/)
  assert.match(refusal('\\dn')!, /pg_namespace/)
  assert.match(refusal('\\du+')!, /roles/)
  assert.match(refusal('select 1 \\watch 5')!, /^\\watch .*leave the line out/)
  assert.match(refusal('select 1;'.repeat(limits.consoleQueryStatements + 1))!, /psql/)
  assert.equal(refusal("select '\\dt'; select 2"), undefined)
})
