import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TableColumn } from './table-details.ts'
import { valueProblem } from './value-problem.ts'
import { newValue } from './value-sql.ts'

const column = (baseType: string, changed: Partial<TableColumn> = {}): TableColumn => ({
  ...{ name: 'c', type: baseType, baseType, elementType: null, enumLabels: null, isNullable: true },
  ...{ defaultSql: null, identity: '', generated: '', collation: null, comment: null },
  ...{ canSelect: true, canInsert: true, canUpdate: true, ...changed },
})

test('an empty text is a text, and no number, date, JSON or array', () => {
  for (const type of ['text', 'varchar', 'bpchar', 'citext', 'bytea', 'tsvector']) {
    assert.equal(valueProblem(column(type), newValue('')), undefined, type)
  }
  for (const type of ['int4', 'numeric', 'timestamptz', 'uuid', 'jsonb', 'bool']) {
    assert.ok(valueProblem(column(type), newValue('')), type)
  }
  assert.match(valueProblem(column('_text', { elementType: 'text' }), newValue(''))!, /NULL/)
  assert.match(valueProblem(column('int4', { isNullable: false }), newValue(''))!, /needed/)
})

test('NULL is for columns that may be NULL', () => {
  assert.equal(valueProblem(column('int4'), newValue(null)), undefined)
  assert.match(valueProblem(column('int4', { isNullable: false }), newValue(null))!, /never NULL/)
  assert.equal(valueProblem(column('int4', { isNullable: false }), { kind: 'default' }), undefined)
})

test('JSON is read before Postgres refuses it; a text that Postgres cannot hold is told', () => {
  assert.equal(valueProblem(column('jsonb'), newValue('{"a": [1]}')), undefined)
  assert.match(valueProblem(column('json'), newValue('{a: 1}'))!, /Not valid JSON/)
  assert.ok(valueProblem(column('text'), newValue('a\0b')))
  assert.ok(valueProblem(column('text'), newValue('\ud83d')))
  assert.equal(valueProblem(column('text'), newValue('🔥')), undefined)
})
