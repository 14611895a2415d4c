// What Postgres would not take. What only Postgres can know it says itself, when the change is saved.

import { isJson, isText } from './column-kinds.ts'
import { textProblem } from './quoting.ts'
import type { TableColumn } from './table-details.ts'
import type { NewValue } from './value-sql.ts'

export function valueProblem(column: TableColumn, value: NewValue): string | undefined {
  if (value.kind === 'null') return column.isNullable ? undefined : `${column.name} is never NULL`
  if (value.kind === 'default') return undefined
  const { text } = value
  if (text === '' && (column.enumLabels !== null || column.baseType === 'bool')) return 'Choose a value'
  if (text === '' && isNeverEmpty(column)) {
    return column.isNullable ? 'Empty is no value of this type: choose NULL' : 'A value is needed'
  }
  if (isJson(column)) return jsonProblem(text)
  return textProblem(text)
}

/** Of types of others nobody knows. */
function isNeverEmpty(column: TableColumn): boolean {
  const known = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money', 'date', 'time', 'timetz']
  const more = ['timestamp', 'timestamptz', 'interval', 'uuid', 'inet', 'cidr', 'macaddr', 'json', 'jsonb']
  return column.elementType !== null || (!isText(column) && [...known, ...more].includes(column.baseType))
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return `Not valid JSON: ${(error as Error).message}`
  }
}
