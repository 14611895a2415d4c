// Rows put straight into the catalog, as copies of a real one: an installation that took years in a second.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Pilotlight, ProjectDetails } from '../test/fixtures/pilotlight.ts'

/** Projects with their branch and endpoint, asleep. Named `planted-1` and on, each older than the one before. */
export async function plantProjects(
  pilotlight: Pilotlight,
  model: ProjectDetails,
  count: number,
): Promise<void> {
  await inCatalog(pilotlight, async catalog => {
    const project = `'planted-' || n`
    const age = `'created_at', now() - n * interval '1 minute'`
    await copies(catalog, 'projects', model.id, count, `'id', ${project}, 'name', ${project}, ${age}`)
    const branch = `'id', 'br-planted-' || n, 'project_id', ${project}, ${age}`
    await copies(catalog, 'branches', model.branchId, count, branch)
    const endpoint = `'id', 'ep-planted-' || n, 'project_id', ${project}, 'branch_id', 'br-planted-' || n, 'state', 'suspended'`
    await copies(catalog, 'endpoints', model.endpointId, count, endpoint)
  })
}

/** Branches of the model's project, `ready`, without endpoints. */
export async function plantBranches(
  pilotlight: Pilotlight,
  model: ProjectDetails,
  count: number,
): Promise<void> {
  const branch = `'id', 'br-twig-${model.id}-' || n, 'name', 'twig-' || n, 'is_default', false, 'parent_id', '${model.branchId}',
                  'created_at', now() - n * interval '1 minute'`
  await inCatalog(pilotlight, catalog => copies(catalog, 'branches', model.branchId, count, branch))
}

/** Whatever columns the table has by then. */
async function copies(
  catalog: pg.Client,
  table: string,
  id: string,
  count: number,
  changes: string,
): Promise<void> {
  await catalog.query(
    `insert into ${table}
     select (jsonb_populate_record(null::${table}, to_jsonb(model) || jsonb_build_object(${changes}))).*
       from ${table} model, generate_series(1, $2::int) n where model.id = $1`,
    [id, count],
  )
  // As autovacuum would, had the rows come one by one.
  await catalog.query(`analyze ${table}`)
}

async function inCatalog(pilotlight: Pilotlight, work: (catalog: pg.Client) => Promise<void>): Promise<void> {
  const catalog = new pg.Client({
    host: socketOf(pilotlight.dataDir),
    user: 'cloud_admin',
    password: readFileSync(join(pilotlight.dataDir, 'secrets', 'cloud-admin'), 'utf8').trim(),
    database: 'pilotlight',
  })
  await catalog.connect()
  try {
    await catalog.query('set search_path = pilotlight')
    await work(catalog)
  } finally {
    await catalog.end()
  }
}

/** The directory of the catalog's socket, as Postgres itself has noted it. */
function socketOf(dataDir: string): string {
  const noted = readFileSync(join(dataDir, 'catalog', 'pgdata', 'postmaster.pid'), 'utf8')
  return noted.split('\n')[4]!
}
