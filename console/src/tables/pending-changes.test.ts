import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  changeCount,
  noChanges,
  pendingStatements,
  rebased,
  touchedRows,
  withCell,
  withDeleted,
  withNewRow,
  without,
} from './pending-changes.ts'
import type { RowIdentity } from './row-identity.ts'
import type { TableColumn, TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import { newValue } from './value-sql.ts'

const column = (name: string, baseType: string): TableColumn => ({
  ...{ name, type: baseType, baseType, elementType: null, enumLabels: null, isNullable: true },
  ...{ defaultSql: null, identity: '', generated: '', collation: null, comment: null },
  ...{ canSelect: true, canInsert: true, canUpdate: true },
})
const table: TableDetails = {
  ...{ schema: 'public', name: 'wares', kind: 'r', estimatedRows: 2, bytes: 1, hasRowSecurity: false },
  ...{ hasHeirs: false, hasForeignPartitions: false },
  ...{ comment: null, canSelect: true, canDelete: true, indexes: [], constraints: [], foreignKeys: [] },
  ...{ referencedBy: [], triggers: [], viewDefinition: null, partitionKey: null, partitionOf: null },
  columns: [column('id', 'int4'), column('name', 'text'), column('note', 'text')],
  keys: [{ isPrimary: true, columns: ['id'] }],
}
const key: RowIdentity = { kind: 'key', columns: ['id'] }
const row = (id: string, name: string | null, note: string | null = null, xmin = '7'): TableRow => ({
  id: JSON.stringify([id]),
  version: { ctid: '(0,1)', xmin, tableoid: '16384' },
  values: new Map([
    ['id', id],
    ['name', name],
    ['note', note],
  ]),
  cut: new Set(),
})
const sqlOf = (pending: Parameters<typeof pendingStatements>[2]) =>
  pendingStatements(table, key, pending).map(({ sql }) => sql.replaceAll('\n', ' '))

test('changed cells of a row are one statement, which looks for what was there', () => {
  let pending = withCell(noChanges, row('1', 'old'), 'name', 'old', newValue("it's"))
  pending = withCell(pending, row('1', 'old'), 'note', null, newValue(''))
  assert.deepEqual(sqlOf(pending), [
    `UPDATE "public"."wares" SET "name" = 'it''s', "note" = '' WHERE "id" = 1 AND "name" = 'old' AND "note" IS NULL`,
  ])
})

test('what is again as it was is no change; NULL and an empty text are two things', () => {
  let pending = withCell(noChanges, row('1', null), 'name', null, newValue(''))
  assert.equal(changeCount(pending), 1)
  pending = withCell(pending, row('1', null), 'name', null, newValue(null))
  assert.deepEqual(pending, noChanges)
})

test('what was there at first stays what is looked for, though the page is read anew', () => {
  for (const first of ['first', null]) {
    let pending = withCell(noChanges, row('1', first), 'name', first, newValue('mine'))
    pending = withCell(pending, row('1', 'theirs'), 'name', 'theirs', newValue('mine too'))
    const looked = first === null ? '"name" IS NULL' : `"name" = 'first'`
    assert.match(sqlOf(pending)[0]!, new RegExp(`SET "name" = 'mine too' WHERE "id" = 1 AND ${looked}$`))
  }
})

test('what is as somebody else has made it meanwhile is no change', () => {
  let pending = withCell(noChanges, row('1', 'first'), 'name', 'first', newValue('mine'))
  pending = withCell(pending, row('1', 'theirs'), 'name', 'theirs', newValue('theirs'))
  assert.deepEqual(pending, noChanges)
})

test('a long value is not sent once more: the row’s version tells that it is the same', () => {
  let pending = withCell(noChanges, row('1', 'a'), 'name', 'x'.repeat(5000), newValue('b'))
  pending = withCell(pending, row('1', 'a'), 'note', 'c', newValue('d'))
  assert.deepEqual(sqlOf(pending), [
    `UPDATE "public"."wares" SET "name" = 'b', "note" = 'd' WHERE "id" = 1 AND "note" = 'c' AND xmin = '7'`,
  ])
})

test('a key’s old value is looked for once', () => {
  const pending = withCell(noChanges, row('1', 'a'), 'id', '1', newValue('2'))
  assert.deepEqual(sqlOf(pending), ['UPDATE "public"."wares" SET "id" = 2 WHERE "id" = 1'])
})

test('rows go first and come last; what was changed in a row that goes is dropped', () => {
  let pending = withCell(noChanges, row('1', 'a'), 'name', 'a', newValue('b'))
  pending = withNewRow(pending, 1, new Map([['id', newValue('2')]]))
  pending = withCell(pending, row('3', 'c'), 'name', 'c', { kind: 'default' })
  pending = withDeleted(pending, [row('1', 'a')])
  assert.deepEqual(sqlOf(pending), [
    `DELETE FROM "public"."wares" WHERE "id" = 1 AND xmin = '7'`,
    `UPDATE "public"."wares" SET "name" = DEFAULT WHERE "id" = 3 AND "name" = 'c'`,
    'INSERT INTO "public"."wares" ("id") VALUES (2)',
  ])
  for (const { of } of pendingStatements(table, key, pending)) pending = without(pending, of)
  assert.deepEqual(pending, noChanges)
})

test('read anew, changes are made to the rows as they are now', () => {
  let pending = withCell(noChanges, row('1', 'a'), 'name', 'a', newValue('mine'))
  pending = withCell(pending, row('2', 'b'), 'name', 'b', newValue('same'))
  pending = withCell(pending, row('3', 'c'), 'name', 'c', newValue('lost'))
  pending = withDeleted(pending, [row('4', 'd'), row('5', 'e')])
  pending = withNewRow(pending, 1, new Map())
  assert.deepEqual(
    touchedRows(pending).rows.map(({ values }) => values.get('id')),
    ['4', '5', '1', '2', '3'],
  )
  assert.deepEqual([...touchedRows(pending).wholeColumns], ['name'])
  const fresh = [row('1', 'theirs'), row('2', 'same'), row('4', 'd', null, '9')]
  const { pending: next, gone } = rebased(pending, fresh)
  assert.equal(gone, 2)
  assert.deepEqual(sqlOf(next), [
    `DELETE FROM "public"."wares" WHERE "id" = 4 AND xmin = '9'`,
    `UPDATE "public"."wares" SET "name" = 'mine' WHERE "id" = 1 AND "name" = 'theirs'`,
    'INSERT INTO "public"."wares" DEFAULT VALUES',
  ])
})
