// The statements that took the most time, where the compute was started with pg_stat_statements. What reads them is an
// extension in the database `postgres`, where only we are: a project's own databases need nothing for it, and its roles
// no right. Statements of all databases are told.

import pg from 'pg'
import * as endpoints from '../../catalog/endpoints.ts'
import type { SlowStatement, StatementsAnswer } from '../../contract/console-monitoring.ts'
import { limits } from '../../contract/limits.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { Branches } from '../branches/branches.ts'
import { isReadOnly } from '../computes/compute-sql.ts'
import type { Parts } from '../parts.ts'
import { askAwake } from './awake-compute.ts'
import { mayHoldPassword } from './statement-text.ts'

const library = 'pg_stat_statements'

export class Statements {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #asked = new SingleFlight<StatementsAnswer | null>()

  constructor(parts: Parts, branches: Branches) {
    this.#parts = parts
    this.#branches = branches
  }

  /** Those that took the most time in all, first. Throws project_not_found, branch_not_found. */
  async slowest(projectId: string, branchId: string): Promise<StatementsAnswer> {
    await this.#branches.get(projectId, branchId)
    const endpoint = await endpoints.findWriter(this.#parts.catalog.db, branchId)
    if (endpoint?.state !== 'running') return without('not_awake')
    const answer = await this.#asked.run(endpoint.id, () => askAwake(this.#parts, endpoint.id, read))
    return answer ?? without('not_awake')
  }
}

const without = (missing: StatementsAnswer['missing']): StatementsAnswer => ({
  statements: [],
  ...(missing && { missing }),
  since: null,
})

async function read(client: pg.Client): Promise<StatementsAnswer> {
  const loaded = await client.query<{ names: string }>(
    `select current_setting('shared_preload_libraries') as names`,
  )
  const names = loaded.rows[0]?.names.split(',').map(name => name.trim()) ?? []
  if (!names.includes(library)) return without('not_loaded')
  const schema = (await schemaOf(client)) ?? (await install(client))
  if (schema === null) return without('not_available')
  const { rows } = await client.query<SlowStatement & { query: string }>(
    `select left(stat.query, ${limits.slowStatementChars}) as query, datname as database, rolname as role,
            stat.calls::float8 as calls, stat.total_exec_time as total_ms, stat.mean_exec_time as mean_ms,
            stat.max_exec_time as max_ms, stat.rows::float8 as rows,
            stat.shared_blks_hit / nullif(stat.shared_blks_hit + stat.shared_blks_read, 0)::float8 as hit_rate
       from ${schema}.pg_stat_statements stat
       left join pg_catalog.pg_database on pg_database.oid = stat.dbid
       left join pg_catalog.pg_roles on pg_roles.oid = stat.userid
      where rolname is distinct from 'cloud_admin'
      order by stat.total_exec_time desc limit ${limits.slowStatements}`,
  )
  const since = await client.query<{ since: Date | null }>(
    `select stats_reset as since from ${schema}.pg_stat_statements_info`,
  )
  return {
    statements: rows.map(row => ({ ...row, query: mayHoldPassword(row.query) ? null : row.query })),
    since: since.rows[0]?.since?.toISOString() ?? null,
  }
}

/** Quoted where it has to be. Null: the extension is not there. */
async function schemaOf(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ schema: string }>(
    `select extnamespace::regnamespace::text as schema from pg_catalog.pg_extension where extname = $1`,
    [library],
  )
  return rows[0]?.schema ?? null
}

/** Null: the build has none, or nothing can be written. */
async function install(client: pg.Client): Promise<string | null> {
  const available = await client.query('select from pg_catalog.pg_available_extensions where name = $1', [
    library,
  ])
  if (available.rowCount === 0 || (await isReadOnly(client))) return null
  try {
    await client.query(`create extension if not exists ${library} with schema public`)
  } catch (error) {
    // Somebody else who looks has made it at the same moment.
    if (!(error instanceof pg.DatabaseError) || !['23505', '42710'].includes(error.code ?? '')) throw error
  }
  return await schemaOf(client)
}
