// A value of a column's, as it stands in SQL.

import { isBoolean, isWholeNumber } from './column-kinds.ts'
import { literal } from './quoting.ts'
import type { TableColumn } from './table-details.ts'

/** What goes into a column: a value as Postgres reads it, NULL, or what the column has by itself. */
export type NewValue = { kind: 'value'; text: string } | { kind: 'null' } | { kind: 'default' }

/** Postgres reads it as the column's type; where it cannot, it says so. */
export function valueSql(column: TableColumn, text: string): string {
  if (isWholeNumber(column) && /^-?(0|[1-9]\d{0,17})$/.test(text)) return text
  if (isBoolean(column) && (text === 't' || text === 'true')) return 'true'
  if (isBoolean(column) && (text === 'f' || text === 'false')) return 'false'
  return literal(text)
}

export function newValueSql(column: TableColumn, value: NewValue): string {
  if (value.kind === 'value') return valueSql(column, value.text)
  return value.kind === 'null' ? 'NULL' : 'DEFAULT'
}

export const newValue = (text: string | null): NewValue =>
  text === null ? { kind: 'null' } : { kind: 'value', text }

/** The fields of a page end each line with `\n`: where all of the old one's end with `\r\n`, the new one's do. */
export function withLineEndsOf(old: string | null, value: NewValue): NewValue {
  const isOther = old?.includes('\r\n') && !/(?<!\r)\n/.test(old)
  return isOther && value.kind === 'value' ? newValue(value.text.replace(/\r?\n/g, '\r\n')) : value
}

export function isSameValue(one: NewValue, other: NewValue): boolean {
  if (one.kind === 'value' && other.kind === 'value') return one.text === other.text
  return one.kind === other.kind
}
