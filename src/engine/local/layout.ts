// Where the engine keeps what, below the data directory. No other file of the engine joins these paths.
//
//   postgres/<build>/          a build's own copy: bin, lib, share
//   templates/<build>/         a cluster that was initialised once: pgdata, template.json
//   secrets/cloud-admin        the password of cloud_admin on this machine
//   data/<branch>/             a branch: pgdata (what stock Postgres opens), meta.json
//   history/<family>/          what earlier moments are opened from: history/lineage.ts
//   exports/<name>/            a plain data directory that was asked for
//   computes/<endpoint>/       a compute: state.json, postgresql.conf, postgres.log, socket/
//
// Names that begin with a dot are being made (.staging-) or being deleted (.trash-), and are swept at start.

import { join } from 'node:path'

export interface Layout {
  readonly dataDir: string
  readonly postgres: string
  readonly templates: string
  readonly secrets: string
  readonly data: string
  readonly computes: string
  readonly history: string
  readonly exports: string
}

export function layoutOf(dataDir: string): Layout {
  return {
    dataDir,
    postgres: join(dataDir, 'postgres'),
    templates: join(dataDir, 'templates'),
    secrets: join(dataDir, 'secrets'),
    data: join(dataDir, 'data'),
    computes: join(dataDir, 'computes'),
    history: join(dataDir, 'history'),
    exports: join(dataDir, 'exports'),
  }
}

export const stagingPrefix = '.staging-'
/** Whole, and about to take the place of the data of that name: not swept, but ended at start. */
export const nextPrefix = '.next-'
export const trashPrefix = '.trash-'

/** Ids become names of directories: nothing that could leave its place, or hide among what is swept. */
export function isSafeId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(id)
}
