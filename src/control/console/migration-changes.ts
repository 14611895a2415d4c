// What tells the migrations of two sides apart, as it is told to people.

import type { DatabaseMigrations, MigrationChanges } from '../../contract/console-undone-migrations.ts'
import type { MigrationRecords, ReadMigrations } from './migration-records.ts'

/** Nobody reads more of them; the count says how many there are. */
const namesTold = 100

/** `now` and `source`: null where that side has no such database. */
export function migrationChanges(
  database: string,
  now: ReadMigrations | null,
  source: ReadMigrations | null,
): DatabaseMigrations {
  const before = byTable(now)
  const after = byTable(source)
  const unread = new Set([...unreadTables(now), ...unreadTables(source)])
  const tables = [...new Set([...before.keys(), ...after.keys()])].filter(table => !unread.has(table))
  const changes = tables
    .map(table => changesOf(before.get(table), after.get(table)))
    .filter(({ undone_count, redone_count }) => undone_count + redone_count > 0)
  return {
    database,
    presence: now === null ? 'gained' : source === null ? 'lost' : 'both',
    tables: tables.length,
    changes,
    problems: [...new Set([...(now?.problems ?? []), ...(source?.problems ?? [])].map(({ text }) => text))],
  }
}

function changesOf(
  now: MigrationRecords | undefined,
  source: MigrationRecords | undefined,
): MigrationChanges {
  const undone = without(now, source)
  const redone = without(source, now)
  const { tool = '', table = '' } = now ?? source ?? {}
  return {
    tool,
    table,
    undone: undone.slice(0, namesTold),
    redone: redone.slice(0, namesTold),
    undone_count: undone.length,
    redone_count: redone.length,
  }
}

/** Newest first. */
function without(some: MigrationRecords | undefined, others: MigrationRecords | undefined): string[] {
  const known = new Set(others?.names)
  return [...new Set(some?.names)].filter(name => !known.has(name)).reverse()
}

const byTable = (read: ReadMigrations | null): Map<string, MigrationRecords> =>
  new Map(read?.records.map(records => [records.table, records]))

/** Half of a comparison is none. */
const unreadTables = (read: ReadMigrations | null): string[] =>
  read?.problems.flatMap(({ table }) => table ?? []) ?? []
