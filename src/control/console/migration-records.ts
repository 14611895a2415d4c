// What the tables of migrations in a database say. It is read with every right, so nothing of a user's must run by it:
// plain columns of Postgres's own types, copied as they lie; what counts, and in which order, is found here.

import pg from 'pg'
import type { AdminLogin } from '../../engine/engine.ts'
import { withCompute } from '../computes/compute-sql.ts'
import { type CopiedRow, TableCopier } from './copy-table.ts'
import { type MigrationTable, migrationTables } from './migration-tables.ts'

export interface MigrationRecords {
  tool: string
  /** `public.django_migrations` */
  table: string
  /** In the order in which they were carried out. */
  names: string[]
}

export interface ReadMigrations {
  records: MigrationRecords[]
  problems: ReadProblem[]
}

interface ReadProblem {
  /** Undefined: it is not about one. */
  table?: string
  /** `public.schema_migrations: somebody holds a lock on it`; of nothing that the rows hold. */
  text: string
}

/** More is no list that people wrote, and half of it must not be compared. */
const rowsRead = 10_000
/** A schema for each customer, with a table of its own each, goes that far. */
const tablesRead = 100
/** Longer ones are no names. */
const nameChars = 300
const rowBytes = 100_000
/** Of a table, rows that count and others. */
const tableBytes = 64 * 1024 * 1024
const statementTimeoutMs = 5_000
/** Somebody may be migrating just now. */
const lockTimeoutMs = 2_000

/** Throws what the connection and the catalogs of Postgres do; a table that cannot be read is a problem of the answer. */
export async function readMigrations(login: AdminLogin, database: string): Promise<ReadMigrations> {
  return await withCompute(
    login,
    async client => {
      // Times in one form, which sorts.
      await client.query(`set lock_timeout = ${lockTimeoutMs}; set datestyle = iso; set timezone = 'UTC'`)
      const found = await findTables(client)
      const copier = new TableCopier(client, rowBytes)
      const records: MigrationRecords[] = []
      const problems: ReadProblem[] = []
      if (found.length > tablesRead) {
        problems.push({ text: `only ${tablesRead} of ${found.length} tables of migrations were read` })
      }
      for (const place of found.slice(0, tablesRead)) {
        const table = `${place.schema}.${place.kind.table}`
        try {
          const names = (await isLarge(client, place)) ? 'it is too large' : await readNames(copier, place)
          if (typeof names === 'string') problems.push({ table, text: `${table}: ${names}` })
          else records.push({ tool: place.kind.tool, table, names })
        } catch (error) {
          if (!(error instanceof pg.DatabaseError)) throw error
          problems.push({ table, text: `${table}: ${whyUnread(error)}` })
        }
      }
      return { records, problems }
    },
    { database, statementTimeoutMs },
  )
}

interface Place {
  oid: number
  schema: string
  kind: MigrationTable
}

interface TableRow {
  oid: number
  schema: string
  table: string
  columns: string[]
}

/** FirstNormalObjectId: types of Postgres's own have numbers below it. */
const firstOwnOid = 16_384

async function findTables(client: pg.Client): Promise<Place[]> {
  const names = [...new Set(migrationTables.flatMap(({ table, beside }) => [table, beside ?? table]))]
  const { rows } = await client.query<TableRow>(
    `select c.oid, n.nspname as schema, c.relname as table,
            array(select a.attname::text from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                     and a.attgenerated = '' and a.atttypid < $2) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = any($1::name[]) and c.relkind = 'r'
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      order by n.nspname = 'public' desc, n.nspname, c.relname
      limit 10000`,
    [names, firstOwnOid],
  )
  return rows.flatMap(row => {
    const kind = migrationTables.find(one => fits(one, row, rows))
    return kind ? [{ oid: row.oid, schema: row.schema, kind }] : []
  })
}

function fits(kind: MigrationTable, { schema, table, columns }: TableRow, all: TableRow[]): boolean {
  const { name, order, only = [], also = [], beside } = kind
  const needed = [
    ...name,
    ...(order === undefined ? [] : [order]),
    ...only.map(([column]) => column),
    ...also,
  ]
  return (
    kind.table === table &&
    needed.every(column => columns.includes(column)) &&
    (beside === undefined || all.some(other => other.schema === schema && other.table === beside))
  )
}

async function isLarge(client: pg.Client, { oid }: Place): Promise<boolean> {
  const { rows } = await client.query<{ large: boolean }>(`select pg_table_size($1) > $2 as large`, [
    oid,
    tableBytes,
  ])
  return rows[0]?.large === true
}

/** A text: why they are not compared. */
async function readNames(copier: TableCopier, { schema, kind }: Place): Promise<string[] | string> {
  const { table, name, order, only = [], between = ' ', show = parts => parts.join(between) } = kind
  const columns = [
    ...new Set([...name, ...(order === undefined ? name : [order]), ...only.map(([column]) => column)]),
  ]
  const placeOf = (column: string) => columns.indexOf(column)
  const filters = only.map(([column, is]) => ({ at: placeOf(column), is }))
  const rows: CopiedRow[] = []
  const leftOut = await copier.copy({ schema, table, columns }, row => {
    const counts = filters.every(({ at, is }) => holds(row[at] ?? null, is))
    if (counts && rows.length <= rowsRead) rows.push(row.map(value => value?.slice(0, nameChars) ?? null))
  })
  if (leftOut > 0) return 'a row of it is too large'
  if (rows.length > rowsRead) return `more than ${rowsRead} rows are not compared`
  const parts = name.map(placeOf)
  return sorted(rows, order === undefined ? parts : [placeOf(order)]).map(row =>
    show(parts.map(at => row[at]).filter(isGiven)).slice(0, nameChars),
  )
}

function holds(value: string | null, is: 'true' | 'null' | 'not null'): boolean {
  if (is === 'true') return value === 't'
  return (value === null) === (is === 'null')
}

/** By these columns, one after the other: numbers by their value, all else letter for letter, what is missing last. */
function sorted(rows: CopiedRow[], columns: number[]): CopiedRow[] {
  const keys = columns.map(at => ({
    at,
    areNumbers: rows.every(row => row[at] === null || /^-?\d+$/.test(row[at] ?? '')),
  }))
  return rows.toSorted((a, b) => {
    for (const { at, areNumbers } of keys) {
      const order = compare(a[at] ?? null, b[at] ?? null, areNumbers)
      if (order !== 0) return order
    }
    return 0
  })
}

function compare(a: string | null, b: string | null, areNumbers: boolean): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return (areNumbers ? BigInt(a) < BigInt(b) : a < b) ? -1 : 1
}

function isGiven(part: string | null | undefined): part is string {
  return typeof part === 'string' && part !== ''
}

/** In words of ours: Postgres's own may name what the rows hold. */
function whyUnread({ code = '' }: pg.DatabaseError): string {
  if (code === '55P03') return 'somebody holds a lock on it'
  if (code === '57014') return 'it could not be read in time'
  return `it could not be read (SQLSTATE ${code})`
}
