import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectNavEntries } from '../project/project-nav-entries.ts'
import { actionOf, type Press, pageShortcuts, type Surroundings } from './shortcuts.ts'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false },
  ...more,
})
const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  ...{ isMac: false, isTaken: false, isOn: true, isAfterG: false, isInProject: true },
  ...more,
})

test('the palette opens from everywhere, by the key of the machine', () => {
  const rows: [Partial<Press>, Partial<Surroundings>, string | undefined][] = [
    [{ ctrlKey: true }, {}, 'palette'],
    [{ ctrlKey: true }, { isTaken: true, isOn: false }, 'palette'],
    [{ metaKey: true }, {}, undefined],
    [{ metaKey: true }, { isMac: true, isTaken: true }, 'palette'],
    [{ ctrlKey: true }, { isMac: true }, undefined],
    [{ ctrlKey: true, altKey: true }, {}, undefined],
    [{}, {}, undefined],
  ]
  for (const [keys, where, expected] of rows)
    assert.equal(actionOf(press('k', keys), around(where)), expected, JSON.stringify([keys, where]))
})

test('letters do nothing where somebody types, with other keys, or once they are off', () => {
  for (const key of ['?', '/', 'g']) {
    assert.notEqual(actionOf(press(key), around()), undefined)
    assert.equal(actionOf(press(key), around({ isTaken: true })), undefined)
    assert.equal(actionOf(press(key), around({ isOn: false })), undefined)
    assert.equal(actionOf(press(key, { metaKey: true }), around()), undefined)
    assert.equal(actionOf(press(key, { isComposing: true }), around()), undefined)
  }
})

test('behind g a letter leads to a page of the project', () => {
  const after = (key: string, more: Partial<Surroundings> = {}) => {
    const action = actionOf(press(key), around({ isAfterG: true, ...more }))
    return typeof action === 'object' ? action.page.text : action
  }
  assert.equal(after('b'), 'Branches')
  assert.equal(after('g'), 'Guides')
  assert.equal(after('p'), 'projects')
  assert.equal(after('b', { isInProject: false }), undefined)
  assert.equal(after('p', { isInProject: false }), 'projects')
  assert.equal(after('?'), undefined)
})

test('every page of a project has a letter of its own', () => {
  assert.equal(pageShortcuts.length, projectNavEntries.length)
  assert.equal(new Set(pageShortcuts.map(({ key }) => key)).size, pageShortcuts.length)
})
