import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, isInside, rectangleOf, type Selection, selectionAfter } from './selection.ts'

const size = { rows: 100, columns: 5, pageRows: 10 }
const start = at({ row: 50, column: 2 })
const press = (keys: string, selection: Selection = start) => {
  const parts = keys.split('-')
  const key = parts.pop()!
  const held = (name: string) => parts.includes(name)
  return selectionAfter(
    {
      key: key === 'Space' ? ' ' : key,
      shiftKey: held('Shift'),
      ctrlKey: held('Ctrl'),
      metaKey: held('Meta'),
      altKey: held('Alt'),
    },
    selection,
    size,
  )
}

test('keys move as in a spreadsheet, and stop at the edges', () => {
  const rows: [string, number, number][] = [
    ['ArrowUp', 49, 2],
    ['ArrowDown', 51, 2],
    ['ArrowLeft', 50, 1],
    ['ArrowRight', 50, 3],
    ['PageDown', 60, 2],
    ['PageUp', 40, 2],
    ['Home', 50, 0],
    ['End', 50, 4],
    ['Ctrl-Home', 0, 0],
    ['Meta-End', 99, 4],
    ['Ctrl-ArrowDown', 99, 2],
    ['Ctrl-ArrowLeft', 50, 0],
  ]
  for (const [keys, row, column] of rows) assert.deepEqual(press(keys), at({ row, column }), keys)
  assert.deepEqual(press('ArrowUp', at({ row: 0, column: 0 })), at({ row: 0, column: 0 }))
  assert.deepEqual(press('PageDown', at({ row: 95, column: 0 })), at({ row: 99, column: 0 }))
})

test('with Shift the other corner stays', () => {
  const wider = press('Shift-ArrowRight', press('Shift-ArrowUp'))!
  assert.deepEqual(wider, { active: { row: 49, column: 3 }, anchor: { row: 50, column: 2 } })
  assert.deepEqual(rectangleOf(wider), { top: 49, bottom: 50, left: 2, right: 3 })
  assert.ok(isInside(rectangleOf(wider), { row: 50, column: 3 }))
  assert.ok(!isInside(rectangleOf(wider), { row: 51, column: 3 }))
})

test('a row, and everything', () => {
  assert.deepEqual(rectangleOf(press('Shift-Space')!), { top: 50, bottom: 50, left: 0, right: 4 })
  assert.deepEqual(rectangleOf(press('Ctrl-a')!), { top: 0, bottom: 99, left: 0, right: 4 })
})

test('other keys are not the grid’s', () => {
  for (const keys of ['a', 'Enter', 'Tab', 'Alt-ArrowLeft']) assert.equal(press(keys), undefined, keys)
  assert.equal(
    selectionAfter(
      { key: 'ArrowDown', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
      start,
      { rows: 0, columns: 3, pageRows: 1 },
    ),
    undefined,
  )
})
