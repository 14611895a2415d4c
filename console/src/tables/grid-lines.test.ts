import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gridLines, referencedRow, shownText, shownValue } from './grid-lines.ts'
import { noChanges, withCell, withDeleted, withNewRow } from './pending-changes.ts'
import type { TableColumn, TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import { newValue } from './value-sql.ts'

const column = (name: string, baseType: string): TableColumn => ({
  ...{ name, type: baseType, baseType, elementType: null, enumLabels: null, isNullable: true },
  ...{ defaultSql: null, identity: '', generated: '', collation: null, comment: null },
  ...{ canSelect: true, canInsert: true, canUpdate: true },
})
const [shop, number, isOpen, note] = [
  column('shop', 'int4'),
  column('number', 'int4'),
  column('is_open', 'bool'),
  column('note', 'text'),
]
const row = (id: string, values: Record<string, string | null>, cut: string[] = []): TableRow => ({
  ...{ id, version: undefined, values: new Map(Object.entries(values)), cut: new Set(cut) },
})
const table = {
  foreignKeys: [
    {
      ...{ name: 'fk', columns: ['number', 'shop'], otherColumns: ['no', 'shop_id'], definition: '' },
      other: { schema: 'sales', name: 'orders' },
    },
  ],
} as Partial<TableDetails> as TableDetails

test('new rows come first; each line says what will become of it', () => {
  const rows = ['a', 'b', 'c'].map(id => row(id, { note: id }))
  let pending = withCell(noChanges, rows[1]!, 'note', 'b', newValue('B'))
  pending = withDeleted(pending, [rows[2]!])
  pending = withNewRow(pending, 7, new Map([['note', newValue('new')]]))
  const lines = gridLines(rows, pending)
  assert.deepEqual(
    lines.map(line => (line.kind === 'new' ? line.number : line.state)),
    [7, 'same', 'changed', 'deleted'],
  )
  const texts = lines.map(line => shownText(note!, shownValue(line, note!, pending)))
  assert.deepEqual(texts, ['new', 'a', 'B', 'c'])
  assert.equal(shownText(isOpen!, shownValue(lines[0]!, isOpen!, pending)), 'DEFAULT')
})

test('truth is written out, NULL is none, and what is cut says so', () => {
  const [line] = gridLines([row('a', { is_open: 't', number: null, note: 'long' }, ['note'])], noChanges)
  const text = (of: TableColumn) => shownText(of, shownValue(line!, of, noChanges))
  assert.deepEqual([text(isOpen!), text(number!), text(note!)], ['true', null, 'long…'])
})

test('a key of several columns leads to the row that has all of them, and with a NULL to none', () => {
  const lines = gridLines(
    [row('a', { shop: '1', number: '2' }), row('b', { shop: null, number: '2' })],
    noChanges,
  )
  assert.deepEqual(referencedRow(table, lines[0]!, shop!)?.search, {
    ...{ schema: 'sales', table: 'orders' },
    filter: [
      ['no', '=', '2'],
      ['shop_id', '=', '1'],
    ],
  })
  assert.equal(referencedRow(table, lines[1]!, number!), undefined)
  assert.equal(referencedRow(table, lines[0]!, note!), undefined)
})
