// Values as a grid shows them and as they are copied.

import type { Rectangle } from './selection.ts'

export type GridRow = readonly (string | null)[]

/** Longer ones are shown whole on demand: some hundred characters fill any column. */
const shownChars = 300

/** On one line. */
export function cellText(value: string): string {
  const shown = value.length > shownChars ? `${value.slice(0, shownChars)}…` : value
  return shown.replace(/\r\n|\n|\r/g, '↵').replace(/\t/g, '→')
}

/**
 * What goes to the clipboard. One cell: its value as it is, NULL as nothing. Several: as spreadsheets read them, with tabs
 * between, and quotes around what has a tab, a quote or an end of line in it.
 */
export function clipboardText(rows: readonly GridRow[], selected: Rectangle): string {
  const { top, bottom, left, right } = selected
  if (top === bottom && left === right) return rows[top]?.[left] ?? ''
  return rows
    .slice(top, bottom + 1)
    .map(row =>
      row
        .slice(left, right + 1)
        .map(tabbed)
        .join('\t'),
    )
    .join('\n')
}

function tabbed(value: string | null): string {
  if (value === null) return ''
  return /["\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

const numberTypes = /^(smallint|integer|bigint|numeric|decimal|real|double precision|money|oid)\b(?!.*\[\])/

/** Numbers stand to the right, so that their digits stand below each other. */
export const isNumeric = (type: string): boolean => numberTypes.test(type)
