// Which rows are shown: conditions on columns, all of which hold.

import { hasEquality, isBoolean, isText } from './column-kinds.ts'
import { type FilterOperator, filterOperators } from './filter-operators.ts'
import { identifier, likePattern, literal } from './quoting.ts'
import type { TableColumn } from './table-details.ts'
import { valueSql } from './value-sql.ts'

/** The value is there but for `null` and `value`. */
export interface Filter {
  column: string
  operator: FilterOperator
  value: string
}

const ordered: readonly FilterOperator[] = ['<', '<=', '>', '>=']

export function operatorsOf(column: TableColumn): FilterOperator[] {
  const all = filterOperators.map(([operator]) => operator)
  if (isBoolean(column)) return ['=', '<>', 'null', 'value']
  return hasEquality(column) || column.baseType === 'interval'
    ? all
    : all.filter(operator => !ordered.includes(operator))
}

/** Behind WHERE, with the table as `t`; undefined: all rows. Columns that are not there are passed over. */
export function conditionSql(
  columns: readonly TableColumn[],
  filters: readonly Filter[],
): string | undefined {
  const conditions = filters.flatMap(filter => {
    const column = columns.find(({ name }) => name === filter.column)
    return column ? [oneConditionSql(column, filter)] : []
  })
  return conditions.length === 0 ? undefined : conditions.join(' AND ')
}

function oneConditionSql(column: TableColumn, { operator, value }: Filter): string {
  const name = `t.${identifier(column.name)}`
  const asText = isText(column) ? name : `${name}::text`
  switch (operator) {
    case 'null':
      return `${name} IS NULL`
    case 'value':
      return `${name} IS NOT NULL`
    case 'contains':
      return `${asText} ILIKE ${literal(`%${likePattern(value)}%`)}`
    case 'starts':
      return `${asText} LIKE ${literal(`${likePattern(value)}%`)}`
    case '=':
      return hasEquality(column) ? `${name} = ${valueSql(column, value)}` : `${asText} = ${literal(value)}`
    case '<>':
      // Rows without a value are not that value either.
      return hasEquality(column)
        ? `${name} IS DISTINCT FROM ${valueSql(column, value)}`
        : `${asText} IS DISTINCT FROM ${literal(value)}`
    default:
      return `${name} ${operator} ${valueSql(column, value)}`
  }
}
