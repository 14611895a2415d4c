// Which migrations a restore would undo: POST /api/console/undone_migrations.

import { z } from 'zod'
import { clientName, idText } from './console-names.ts'

export const undoneMigrationsSchema = z.object({
  project_id: idText,
  /** Whose data would be replaced. */
  branch_id: idText,
  /** Whose data would take its place; with neither a time nor an LSN as it is now. */
  source: z.object({
    branch_id: idText,
    timestamp: z.iso.datetime({ offset: true }).optional(),
    lsn: z.string().max(20).optional(),
  }),
  /** Left out: all that the branch has. */
  database: clientName.optional(),
})
export type UndoneMigrationsRequest = z.input<typeof undoneMigrationsSchema>

/** What one tool has recorded in one database, where the two sides differ. */
export interface MigrationChanges {
  /** `Django` */
  tool: string
  /** Where it records them: `public.django_migrations`. */
  table: string
  /** Recorded now and not there; newest first. Names are as the tool's users know them: `shop.0007_discount`. */
  undone: string[]
  /** Recorded there and not now. */
  redone: string[]
  /** Of how many `undone` and `redone` are the first. */
  undone_count: number
  redone_count: number
}

export interface DatabaseMigrations {
  database: string
  /** `lost`: the source has no such database. `gained`: the branch has none. */
  presence: 'both' | 'lost' | 'gained'
  /** Tables of migrations that were found on either side, with differences or without. */
  tables: number
  changes: MigrationChanges[]
  /** Why this database, or a table of it, could not be compared. */
  problems: string[]
}

export interface UndoneMigrations {
  databases: DatabaseMigrations[]
}
