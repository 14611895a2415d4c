// What the catalog tells of tables, as catalog-sql.ts asks for it.

/** relkind: table, partitioned table, view, materialised view, foreign table. */
export type TableKind = 'r' | 'p' | 'v' | 'm' | 'f'

export interface TableName {
  schema: string
  name: string
}

export interface TableSummary extends TableName {
  kind: TableKind
  /** As of the last ANALYZE; undefined: never. */
  estimatedRows: number | undefined
  isPartition: boolean
}

export interface TableColumn {
  name: string
  /** `character varying(20)` */
  type: string
  /** typname, of a domain that of what it is made of. Another schema's are never taken for Postgres's own. */
  baseType: string
  /** Of an array. */
  elementType: string | null
  /** In their order; of an enum only. */
  enumLabels: string[] | null
  isNullable: boolean
  /** The default's expression, or the one that a generated column is made by. */
  defaultSql: string | null
  /** `a` always, `d` by default. */
  identity: '' | 'a' | 'd'
  /** `s` stored, `v` virtual. */
  generated: '' | 's' | 'v'
  collation: string | null
  comment: string | null
  canSelect: boolean
  canInsert: boolean
  canUpdate: boolean
}

export interface ForeignKey {
  name: string
  columns: string[]
  other: TableName
  otherColumns: string[]
  definition: string
}

export interface TableIndex {
  name: string
  definition: string
  isPrimary: boolean
  isUnique: boolean
  isValid: boolean
  /** It is there for a constraint, and is made with it. */
  isOfConstraint: boolean
  bytes: number
}

export interface TableDetails extends TableName {
  kind: TableKind
  estimatedRows: number | undefined
  /** With its indexes, what is stored apart, and its partitions. */
  bytes: number
  hasRowSecurity: boolean
  /** Other tables inherit from it, and their rows are among its own; partitions are none. */
  hasHeirs: boolean
  /** Rows of foreign tables have no version. */
  hasForeignPartitions: boolean
  comment: string | null
  /** Of the whole table; a role may have single columns. */
  canSelect: boolean
  canDelete: boolean
  columns: TableColumn[]
  /** Of columns that are never NULL, the primary key first. */
  keys: { isPrimary: boolean; columns: string[] }[]
  indexes: TableIndex[]
  /** Primary, unique, check, exclusion and foreign keys. */
  constraints: { name: string; type: 'p' | 'u' | 'c' | 'x' | 'f' | 't'; definition: string }[]
  foreignKeys: ForeignKey[]
  /** Foreign keys of others that lead here. */
  referencedBy: { name: string; columns: string[]; other: TableName; otherColumns: string[] }[]
  triggers: { name: string; definition: string; isEnabled: boolean }[]
  viewDefinition: string | null
  /** `RANGE (at)`, of a partitioned table. */
  partitionKey: string | null
  partitionOf: (TableName & { bound: string }) | null
}

export const kindTexts = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
} as const satisfies Record<TableKind, string>
