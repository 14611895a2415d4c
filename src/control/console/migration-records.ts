// What the tables of migrations in a database say. It is read with every right, so nothing of a user's must run by it:
// plain columns of Postgres's own types, compared in no way but by sorting.

import pg from 'pg'
import type { AdminLogin } from '../../engine/engine.ts'
import { withCompute } from '../computes/compute-sql.ts'
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
const statementTimeoutMs = 5_000
/** Somebody may be migrating just now. */
const lockTimeoutMs = 2_000

/** Throws what the connection and the catalogs of Postgres do; a table that cannot be read is a problem of the answer. */
export async function readMigrations(login: AdminLogin, database: string): Promise<ReadMigrations> {
  return await withCompute(
    login,
    async client => {
      // Of other schemas nothing is called: an operator there could be anybody's.
      await client.query(`set search_path = pg_catalog, pg_temp; set lock_timeout = ${lockTimeoutMs}`)
      const found = await findTables(client)
      const records: MigrationRecords[] = []
      const problems: ReadProblem[] = []
      if (found.length > tablesRead) {
        problems.push({ text: `only ${tablesRead} of ${found.length} tables of migrations were read` })
      }
      for (const place of found.slice(0, tablesRead)) {
        const table = `${place.schema}.${place.kind.table}`
        try {
          const names = await readNames(client, place)
          if (names.length <= rowsRead) records.push({ tool: place.kind.tool, table, names })
          else problems.push({ table, text: `${table}: more than ${rowsRead} rows are not compared` })
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
  schema: string
  kind: MigrationTable
}

interface TableRow {
  schema: string
  table: string
  columns: string[]
}

/** FirstNormalObjectId: types of Postgres's own have numbers below it. */
const firstOwnOid = 16_384

async function findTables(client: pg.Client): Promise<Place[]> {
  const names = [...new Set(migrationTables.flatMap(({ table, beside }) => [table, beside ?? table]))]
  const { rows } = await client.query<TableRow>(
    `select n.nspname as schema, c.relname as table,
            array(select a.attname::text from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                     and a.attgenerated = '' and a.atttypid < $2) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = any($1::name[]) and c.relkind in ('r', 'p')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      order by n.nspname = 'public' desc, n.nspname, c.relname
      limit 10000`,
    [names, firstOwnOid],
  )
  return rows.flatMap(row => {
    const kind = migrationTables.find(one => fits(one, row, rows))
    return kind ? [{ schema: row.schema, kind }] : []
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

async function readNames(client: pg.Client, { schema, kind }: Place): Promise<string[]> {
  const { name, order, only = [], between = ' ', show = parts => parts.join(between) } = kind
  const quoted = (column: string) => pg.escapeIdentifier(column)
  const where = only.map(([column, is]) => `${quoted(column)} is ${is}`).join(' and ')
  const { rows } = await client.query<unknown[]>({
    text: `select ${name.map(quoted).join(', ')} from ${quoted(schema)}.${quoted(kind.table)}
            ${where && `where ${where}`}
            order by ${(order === undefined ? name : [order]).map(quoted).join(', ')} limit ${rowsRead + 1}`,
    rowMode: 'array',
    // As Postgres writes them.
    types: { getTypeParser: () => (text: string | Buffer) => String(text) },
  })
  return rows.map(row => show(row.filter(isGiven)).slice(0, nameChars))
}

function isGiven(part: unknown): part is string {
  return typeof part === 'string' && part !== ''
}

/** In words of ours: Postgres's own may name what the rows hold. */
function whyUnread({ code = '' }: pg.DatabaseError): string {
  if (code === '55P03') return 'somebody holds a lock on it'
  if (code === '57014') return 'it could not be read in time'
  return `it could not be read (SQLSTATE ${code})`
}
