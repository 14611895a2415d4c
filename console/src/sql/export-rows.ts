// Rows as files: CSV as RFC 4180 has it, and JSON.

import type { GridRow } from '../grid/cell-text.ts'

interface Column {
  name: string
  type: string
}

/** NULL is nothing, an empty text is "": as COPY … CSV writes them, and reads them again. */
export function csvText(columns: readonly Column[], rows: readonly GridRow[]): string {
  const lines = [columns.map(({ name }) => csvField(name)), ...rows.map(row => row.map(csvField))]
  return lines.map(line => `${line.join(',')}\r\n`).join('')
}

function csvField(value: string | null): string {
  if (value === null) return ''
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/** Whole in JavaScript's numbers; numerics and bigints are not, and stay text. */
const numberTypes = new Set(['smallint', 'integer', 'oid', 'real', 'double precision'])

/** An array of objects. Of columns with the same name the later ones have a number behind it. */
export function jsonText(columns: readonly Column[], rows: readonly GridRow[]): string {
  const keys = distinctNames(columns).map(name => JSON.stringify(name))
  const objects = rows.map(row => {
    const members = columns.map(({ type }, index) => `${keys[index]}:${jsonValue(row[index] ?? null, type)}`)
    return `{${members.join(',')}}`
  })
  return `[${objects.join(',\n')}]\n`
}

function jsonValue(value: string | null, type: string): string {
  if (value === null) return 'null'
  if (type === 'boolean') return value === 't' || value === 'true' ? 'true' : 'false'
  // It is JSON already: as it is, with its numbers in full.
  if (type === 'json' || type === 'jsonb') return value
  if (numberTypes.has(type) && Number.isFinite(Number(value))) return value
  return JSON.stringify(value)
}

function distinctNames(columns: readonly Column[]): string[] {
  const taken = new Set<string>()
  return columns.map(({ name }) => {
    let distinct = name
    for (let count = 2; taken.has(distinct); count++) distinct = `${name}_${count}`
    taken.add(distinct)
    return distinct
  })
}

/** Hands `text` to the browser as a file. */
export function download(name: string, mediaType: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Not at once: the browser has yet to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
