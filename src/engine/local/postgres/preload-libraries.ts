// Libraries of a build that Postgres can load at its start. Nothing in a library says that it wants to be, so those that
// do are listed here; a build has some of them.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PostgresBuild, PreloadLibrary } from '../../engine.ts'

/**
 * What is preloaded where nobody chose: nothing. Neon has pg_stat_statements here; to load it costs each wake 2 ms of
 * processor time (16.5 instead of 14.5 from spawn to ready), and who does not ask for it would not look at it.
 */
const defaults: ReadonlySet<string> = new Set()

/** Left out: those that listen, run commands or keep archives, which are the engine's business. */
const known: Record<string, string> = {
  anon: 'Masks personal data',
  auth_delay: 'Waits before it reports a failed login',
  auto_explain: 'Logs the plans of slow statements',
  citus: 'Distributed tables',
  credcheck: 'Checks user names and passwords',
  pg_cron: 'Runs SQL on a schedule',
  pg_duckdb: 'Analytical queries by DuckDB',
  pg_hint_plan: 'Takes hints for the planner from comments',
  pg_ivm: 'Materialized views that are kept up to date',
  pg_mooncake: 'Column-oriented tables',
  pg_net: 'HTTP requests from SQL',
  pg_overexplain: 'More detail in EXPLAIN',
  pg_partman_bgw: 'Maintains partitions in the background',
  pg_prewarm: 'Loads what was in memory before the last stop',
  pg_qualstats: 'Statistics of predicates',
  pg_search: 'Full-text search',
  pg_squeeze: 'Removes bloat in the background',
  pg_stat_kcache: 'Statistics of reads, writes and processor time',
  pg_stat_statements: 'Statistics of planning and execution of statements',
  pg_wait_sampling: 'Statistics of wait events',
  pgaudit: 'Logs sessions and objects for an audit',
  pglogical: 'Logical replication',
  passwordcheck: 'Refuses weak passwords that are set in SQL',
  plan_filter: 'Refuses statements that are too expensive',
  set_user: 'Changes roles with a log of it',
  supautils: 'Guards over privileged roles',
  timescaledb: 'Time series',
}

const suffixes = ['.so', '.dylib']

/** Sorted by name. Empty where the build's folder of libraries is not found. */
export async function findPreloadLibraries(build: PostgresBuild): Promise<PreloadLibrary[]> {
  const names = new Set(
    (await libraryFiles(build)).flatMap(file =>
      suffixes.filter(suffix => file.endsWith(suffix)).map(suffix => file.slice(0, -suffix.length)),
    ),
  )
  return await Promise.all(
    Object.keys(known)
      .filter(name => names.has(name))
      .sort()
      .map(async name => ({
        name,
        description: known[name]!,
        isDefault: defaults.has(name),
        version: (await extensionVersion(build, name)) ?? build.version,
      })),
  )
}

/** Our own builds and Debian's packages differ in where they keep them. */
async function libraryFiles({ binDir }: PostgresBuild): Promise<string[]> {
  for (const path of ['../lib/postgresql', '../lib', '../lib64', '../lib64/pgsql']) {
    const files: string[] = await readdir(join(binDir, path)).catch(() => [])
    if (suffixes.some(suffix => files.includes(`plpgsql${suffix}`))) return files
  }
  return []
}

async function extensionVersion({ binDir, major }: PostgresBuild, name: string): Promise<string | null> {
  for (const path of ['../share/postgresql', '../share', `../../../../share/postgresql/${major}`]) {
    const control = join(binDir, path, 'extension', `${name}.control`)
    const text = await readFile(control, 'utf8').catch(() => '')
    const version = /^default_version\s*=\s*'([^']+)'/m.exec(text)?.[1]
    if (version) return version
  }
  return null
}
