// Settings of Postgres as a form has them: rows, which the API takes as one record.

import { whyForbidden } from '../../../src/contract/forbidden-settings.ts'
import { limits } from '../../../src/contract/limits.ts'

export interface SettingRow {
  /** For the page alone. */
  key: number
  name: string
  value: string
}

let lastKey = 0

export function newRow(name = '', value = ''): SettingRow {
  return { key: ++lastKey, name, value }
}

export function rowsOf(settings: Record<string, string> | undefined): SettingRow[] {
  return Object.entries(settings ?? {})
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => newRow(name, value))
}

export function settingsOf(rows: readonly SettingRow[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, value }) => [name.trim(), value.trim()]))
}

export function areSame(rows: readonly SettingRow[], settings: Record<string, string> | undefined): boolean {
  const [before, now] = [Object.entries(settings ?? {}), Object.entries(settingsOf(rows))]
  return (
    rows.length === before.length &&
    before.length === now.length &&
    before.every(([name, value]) => settingsOf(rows)[name] === value)
  )
}

/** Why a row cannot be saved, as far as one can tell without asking Postgres. */
export function rowProblem(row: SettingRow, rows: readonly SettingRow[]): string | undefined {
  const name = row.name.trim().toLowerCase()
  if (name === '') return 'It needs the name of a setting'
  const isTwice = rows.some(other => other.key !== row.key && other.name.trim().toLowerCase() === name)
  if (isTwice) return 'It stands there twice'
  const reason = whyForbidden(name)
  if (reason !== undefined) return `It cannot be chosen: ${reason}`
  return row.value.trim().length > limits.pgSettingChars ? 'That is too long' : undefined
}

export function rowsProblem(rows: readonly SettingRow[]): string | undefined {
  if (rows.length > limits.pgSettings) return `There may be ${limits.pgSettings} at most`
  return rows.map(row => rowProblem(row, rows)).find(problem => problem !== undefined)
}

/** What the server said about which row: Postgres names the setting that it does not take. Neither: about something else. */
export function refusedRow(
  message: string | undefined,
  rows: readonly SettingRow[],
): { key: number; text: string } | undefined {
  if (message === undefined || !message.includes('pg_settings')) return undefined
  const names = [...message.matchAll(/"([^"]+)"|pg_settings\.([\w.]+)/g)].map(([, a, b]) => a ?? b ?? '')
  const row = rows.find(({ name }) => names.some(one => one.toLowerCase() === name.trim().toLowerCase()))
  // Behind the field's path: `project.default_endpoint_settings.pg_settings: …`.
  return row && { key: row.key, text: message.replace(/^[\w.]*pg_settings[\w.]*:\s*/, '') }
}
