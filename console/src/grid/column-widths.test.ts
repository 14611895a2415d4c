import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnWidths, minimumWidth } from './column-widths.ts'

const columns = (...names: string[]) => names.map(name => ({ name, type: 'text' }))

test('a column is as wide as it needs, within bounds', () => {
  const [id, name, long] = columnWidths(columns('i', 'name', 'a'), [
    ['1', 'Somebody', 'x'.repeat(5000)],
    ['2', null, ''],
  ])
  assert.equal(id, minimumWidth)
  assert.ok(name! > id! && name! < long!)
  assert.ok(long! <= 360)
})

test('a name is read whole, also above narrow values', () => {
  const [narrow, wide] = columnWidths(columns('n', 'a_rather_long_name'), [['1', '1']])
  assert.ok(wide! > narrow! * 2)
})

test('without rows and without columns', () => {
  assert.deepEqual(columnWidths([], []), [])
  assert.equal(columnWidths(columns('n'), []).length, 1)
})
