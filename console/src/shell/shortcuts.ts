// What keys do: plain letters where nobody is typing, and one combination that works everywhere else.

import { projectNavEntries } from '../project/project-nav-entries.ts'

/** Behind `g`, by the page's name in the project's navigation. */
const pageKeys: Readonly<Record<string, string>> = {
  Dashboard: 'd',
  Branches: 'b',
  'SQL Editor': 'e',
  Tables: 't',
  Monitoring: 'm',
  Operations: 'o',
  Guides: 'g',
  Settings: 's',
}

type NavEntry = (typeof projectNavEntries)[number]

/** Pages of a project that a letter leads to. */
export const pageShortcuts: readonly { key: string; entry: NavEntry }[] = projectNavEntries.flatMap(entry => {
  const key = pageKeys[entry.text]
  return key === undefined ? [] : [{ key, entry }]
})

export const pageKey = (text: string): string | undefined => pageKeys[text]

export type ShortcutAction = 'palette' | 'help' | 'projects' | 'search' | { page: NavEntry }

export interface Press {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  /** An input method is composing a character. */
  isComposing: boolean
}

export interface Surroundings {
  isMac: boolean
  /** A field, an editor, a menu or a dialog has the keys. */
  isTaken: boolean
  /** The letters are switched on. */
  isOn: boolean
  /** `g` was pressed right before. */
  isAfterG: boolean
  isInProject: boolean
}

/** `g`: the next letter counts. Undefined: not for us. */
export function actionOf(press: Press, around: Surroundings): ShortcutAction | 'g' | undefined {
  if (press.isComposing) return undefined
  // Ctrl-K cuts a line in the fields of a Mac; Cmd-K does nothing there.
  const withCommand = around.isMac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey
  if (withCommand && !press.altKey && press.key.toLowerCase() === 'k') return 'palette'
  if (press.ctrlKey || press.metaKey || press.altKey || around.isTaken || !around.isOn) return undefined
  if (around.isAfterG) {
    if (press.key === 'p') return 'projects'
    const found = around.isInProject && pageShortcuts.find(({ key }) => key === press.key)
    return found ? { page: found.entry } : undefined
  }
  if (press.key === '?') return 'help'
  if (press.key === '/') return 'search'
  return press.key === 'g' ? 'g' : undefined
}

const switchKey = 'pilotlight-shortcuts'

/** Plain letters can be in the way of speech input and screen readers: they can be switched off. */
export const areShortcutsOn = (): boolean => localStorage.getItem(switchKey) !== 'off'

export function switchShortcuts(isOn: boolean): void {
  if (isOn) localStorage.removeItem(switchKey)
  else localStorage.setItem(switchKey, 'off')
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform)

const takers = [
  'input:not([type=checkbox], [type=radio], [type=button], [type=submit])',
  'textarea',
  'select',
  '[contenteditable=""]',
  '[contenteditable=true]',
  '[role=textbox]',
  '[role=dialog]',
  '[role=alertdialog]',
  '[role=menu]',
  '[role=grid]',
  '[role=tree]',
  '[role=listbox]',
].join()

/** Whether the keys belong to where the focus is, or a dialog is open. */
export function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog], [role=alertdialog]')) return true
  return target instanceof Element && target.closest(takers) !== null
}
