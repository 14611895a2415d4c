// A table's structure as SQL, to read and to copy: without owners, grants and storage settings, which pg_dump has.

import { identifier, literal, qualifiedName } from './quoting.ts'
import type { TableColumn, TableDetails } from './table-details.ts'

export function tableDefinition(table: TableDetails): string {
  return [
    table.kind === 'v' || table.kind === 'm' ? viewDefinition(table) : ownDefinition(table),
    ...table.indexes.filter(index => !index.isOfConstraint).map(index => `${index.definition};`),
    ...table.triggers.map(trigger => `${trigger.definition};`),
    ...comments(table),
  ].join('\n\n')
}

function viewDefinition(table: TableDetails): string {
  const kind = table.kind === 'm' ? 'MATERIALIZED VIEW' : 'VIEW'
  return `CREATE ${kind} ${qualifiedName(table)} AS\n${(table.viewDefinition ?? '').trim()}`
}

function ownDefinition(table: TableDetails): string {
  const name = qualifiedName(table)
  if (table.partitionOf) {
    return `CREATE TABLE ${name} PARTITION OF ${qualifiedName(table.partitionOf)} ${table.partitionOf.bound};`
  }
  const lines = [
    ...table.columns.map(columnDefinition),
    ...table.constraints
      .filter(({ type }) => type !== 't')
      .map(({ name, definition }) => `CONSTRAINT ${identifier(name)} ${definition}`),
  ]
  const kind = table.kind === 'f' ? 'FOREIGN TABLE' : 'TABLE'
  const partitions = table.partitionKey === null ? '' : ` PARTITION BY ${table.partitionKey}`
  return `CREATE ${kind} ${name} (\n${lines.map(line => `  ${line}`).join(',\n')}\n)${partitions};`
}

function columnDefinition(column: TableColumn): string {
  const parts = [identifier(column.name), column.type]
  if (column.collation !== null) parts.push(`COLLATE ${identifier(column.collation)}`)
  if (column.generated !== '') {
    parts.push(`GENERATED ALWAYS AS (${column.defaultSql})${column.generated === 's' ? ' STORED' : ''}`)
  } else if (column.identity !== '') {
    parts.push(`GENERATED ${column.identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`)
  } else if (column.defaultSql !== null) parts.push(`DEFAULT ${column.defaultSql}`)
  if (!column.isNullable) parts.push('NOT NULL')
  return parts.join(' ')
}

function comments(table: TableDetails): string[] {
  const kinds = { r: 'TABLE', p: 'TABLE', v: 'VIEW', m: 'MATERIALIZED VIEW', f: 'FOREIGN TABLE' } as const
  const name = qualifiedName(table)
  return [
    ...(table.comment === null
      ? []
      : [`COMMENT ON ${kinds[table.kind]} ${name} IS ${literal(table.comment)};`]),
    ...table.columns.flatMap(column =>
      column.comment === null
        ? []
        : [`COMMENT ON COLUMN ${name}.${identifier(column.name)} IS ${literal(column.comment)};`],
    ),
  ]
}
