// How values of a column's type are read, compared, sorted and edited.

import type { TableColumn } from './table-details.ts'

const whole = ['int2', 'int4', 'int8']
const numbers = [...whole, 'numeric', 'float4', 'float8', 'money', 'oid']
const times = ['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval']
const short = [
  ...numbers,
  ...times,
  'bool',
  'uuid',
  'inet',
  'cidr',
  'macaddr',
  'macaddr8',
  'bpchar',
  'name',
  'char',
]
const texts = ['text', 'varchar', 'bpchar', 'name', 'char']

/** `=` says of them what a reader would: of an interval or a circle it does not. */
const equal = [...short.filter(type => type !== 'interval'), 'text', 'varchar', 'bytea', 'bit', 'varbit']
const unordered = ['json', 'xml', 'jsonpath', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']

const oneOf = (types: readonly string[]) => {
  const set = new Set(types)
  return (column: TableColumn) => set.has(column.baseType)
}

export const isWholeNumber = oneOf(whole)
export const isText = oneOf(texts)
export const isJson = oneOf(['json', 'jsonb'])
export const isBoolean = oneOf(['bool'])
export const isBytes = oneOf(['bytea'])
const isShortType = oneOf(short)
const isEqualType = oneOf(equal)
const isUnordered = oneOf(unordered)

/** Values come whole: they are never longer than a line. */
export const isShort = (column: TableColumn): boolean => column.enumLabels !== null || isShortType(column)

/** Compared as values rather than as they are written. */
export const hasEquality = (column: TableColumn): boolean => column.enumLabels !== null || isEqualType(column)

export const canSort = (column: TableColumn): boolean =>
  column.canSelect && !isUnordered(column) && !unordered.includes(column.elementType ?? '')

/** Postgres writes `t` and `f`. */
export const booleanText = (text: string): string => ({ t: 'true', f: 'false' })[text] ?? text

/** A value of it is made by Postgres alone. */
export const isMadeByPostgres = (column: TableColumn): boolean =>
  column.generated !== '' || column.identity === 'a'

/** How a value is put in. */
export type EditorKind = 'boolean' | 'choice' | 'line' | 'large'

export function editorKind(column: TableColumn, text: string | null): EditorKind {
  if (isBoolean(column)) return 'boolean'
  if (column.enumLabels !== null) return 'choice'
  if (isJson(column) || column.baseType === 'xml') return 'large'
  return text !== null && (text.includes('\n') || text.length > 60) ? 'large' : 'line'
}

/** An example of how it is written. */
export function writtenLike(column: TableColumn): string | undefined {
  const examples: Record<string, string> = {
    date: '2026-11-25',
    time: '18:30:00',
    timetz: '18:30:00+00',
    timestamp: '2026-11-25 18:30:00',
    timestamptz: '2026-11-25 18:30:00+00',
    interval: '1 day 02:00:00',
    uuid: '123e4567-e89b-12d3-a456-426614174000',
    bytea: '\\x68656c6c6f',
    jsonb: '{"key": "value"}',
    json: '{"key": "value"}',
    inet: '192.0.2.1',
  }
  return column.elementType !== null ? '{first,second}' : examples[column.baseType]
}
