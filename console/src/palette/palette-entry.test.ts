import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findEntries, type PaletteEntry } from './palette-entry.ts'

const entry = (group: string, text: string, more: Partial<PaletteEntry> = {}): PaletteEntry => ({
  ...{ id: `${group} ${text}`, group, text, choose: () => {} },
  ...more,
})
const texts = (entries: PaletteEntry[], search: string) =>
  findEntries(entries, search).map(group => [group.name, ...group.entries.map(({ text }) => text)])

test('without a search: everything but what is only for those who look for it', () => {
  const entries = [entry('This project', 'Branches'), entry('Branches', 'dev', { isQuiet: true })]
  assert.deepEqual(texts(entries, ' '), [['This project', 'Branches']])
  assert.deepEqual(texts(entries, 'dev'), [['Branches', 'dev']])
})

test('every word counts, in text, hint or words; what begins so comes first', () => {
  const entries = [
    entry('Guides', 'Ruby on Rails'),
    entry('Guides', 'Go'),
    entry('Projects', 'a-go-go', { hint: 'calm-frog-1' }),
    entry('Guides', 'Django', { words: 'python' }),
  ]
  assert.deepEqual(texts(entries, 'go'), [
    ['Guides', 'Go', 'Django'],
    ['Projects', 'a-go-go'],
  ])
  assert.deepEqual(texts(entries, 'PYTHON dj'), [['Guides', 'Django']])
  assert.deepEqual(texts(entries, 'rai'), [['Guides', 'Ruby on Rails']])
  assert.deepEqual(texts(entries, 'frog'), [['Projects', 'a-go-go']])
  assert.deepEqual(texts(entries, 'frog python'), [])
})

test('a group of thousands shows a few, the best of them', () => {
  const many = Array.from({ length: 3000 }, (_, n) => entry('Branches', `preview ${n}`))
  const [group] = findEntries([...many, entry('Branches', 'review')], 'review')
  assert.equal(group!.entries.length, 8)
  assert.equal(group!.entries[0]!.text, 'review')
})
