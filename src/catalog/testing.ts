// A real catalog in a temporary place, for tests: one Postgres a test file, its own database a catalog.

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Clock, systemClock } from '../lib/clock.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import * as branches from './branches.ts'
import { type Catalog, openCatalog } from './catalog.ts'
import * as databases from './databases.ts'
import * as endpoints from './endpoints.ts'
import * as projects from './projects.ts'
import * as roles from './roles.ts'
import type { BranchContents } from './schema.ts'

/** What a test hands in from engine/local: neither this folder nor control may import it. */
export interface LocalPostgres<Machine extends { builds: Build[] }, Build extends { major: number }> {
  openMachine(options: { dataDir: string; logger: Logger }): Promise<Machine>
  openCluster(options: {
    machine: Machine
    clock: Clock
    name: string
    database: string
    build: Build
    memoryMb: number
    settings: Record<string, string>
    onUnexpectedEnd(): void
  }): {
    ensureRunning(): Promise<ClusterLogin & { database: string }>
    ensureStopped(how?: 'fast' | 'immediate'): Promise<void>
    close(): void
  }
}

export interface ClusterLogin {
  host: string
  port: number
  user: string
  password: string
}

export interface TestCluster {
  /** Of the superuser. */
  login: ClusterLogin
  /** A catalog with nothing in it. */
  openCatalog(): Promise<Catalog>
  query(text: string, values?: unknown[], database?: string): Promise<pg.QueryResult>
  stop(): Promise<void>
}

export async function startTestCluster<Machine extends { builds: Build[] }, Build extends { major: number }>(
  local: LocalPostgres<Machine, Build>,
): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pilotlight-catalog-'))
  // The user under which Postgres runs has to pass through.
  await chmod(dataDir, 0o755)
  const machine = await local.openMachine({ dataDir, logger: silentLogger })
  const build = machine.builds.find(({ major }) => major === 17) ?? machine.builds.at(-1)
  if (!build) throw new Error('no Postgres on this machine')
  const cluster = local.openCluster({
    ...{ machine, build, clock: systemClock, name: 'catalog', database: 'catalog', memoryMb: 256 },
    // It also stands for computes, which a vacuum of its own would keep awake.
    settings: { max_connections: '100', autovacuum: 'off' },
    onUnexpectedEnd() {},
  })
  const { database: _, ...login } = await cluster.ensureRunning()
  const opened: Catalog[] = []
  const query = async (text: string, values: unknown[] = [], database = 'catalog') => {
    const client = new pg.Client({ ...login, database })
    await client.connect()
    try {
      return await client.query(text, values)
    } finally {
      await client.end()
    }
  }
  return {
    login,
    query,
    async openCatalog() {
      const database = `catalog_${opened.length}`
      await query(`create database ${database}`)
      const catalog = await openCatalog({ connection: { ...login, database }, logger: silentLogger })
      opened.push(catalog)
      return catalog
    },
    async stop() {
      await Promise.all(opened.map(catalog => catalog.close()))
      await cluster.ensureStopped('immediate')
      cluster.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

let serial = 0

export interface Planted {
  project: projects.Project
  branch: branches.Branch
  endpoint: endpoints.Endpoint
}

/** A project with a branch, an endpoint, a role `app` and a database `app`, straight into the catalog. */
export async function plant(
  { db }: Catalog,
  wanted: {
    name?: string
    branchState?: 'init' | 'ready' | 'failed'
    contents?: BranchContents
    verifier?: string | null
  } = {},
): Promise<Planted> {
  const name = `test-${++serial}-${process.pid}`
  const project = await projects.insert(db, {
    ...{ id: name, name: wanted.name ?? name, region_id: 'test', pg_version: 17, build: '17-test' },
    ...{ history_retention_seconds: 0, store_passwords: true, default_endpoint_settings: {} },
  })
  const branch = await branches.insert(db, {
    ...{ id: `br-${name}`, project_id: project.id, parent_id: null, name: 'main', is_default: true },
    creation_source: 'test',
  })
  const endpoint = await endpoints.insert(db, {
    ...{ id: `ep-${name}`, project_id: project.id, branch_id: branch.id },
    ...{ suspend_timeout_seconds: 0, min_cu: 0.25, max_cu: 0.25, creation_source: 'test' },
  })
  await roles.insert(db, {
    branch_id: branch.id,
    name: 'app',
    verifier: wanted.verifier ?? null,
    password_box: Buffer.from('box'),
  })
  await databases.insert(db, { branch_id: branch.id, name: 'app', owner_name: 'app' })
  await branches.setContents(db, branch.id, wanted.contents ?? 'known')
  await branches.moveState(db, branch.id, wanted.branchState ?? 'ready')
  return { project, endpoint, branch: (await branches.find(db, branch.id))! }
}

/** The endpoint in this state, whatever led there. */
export async function force(
  { db }: Catalog,
  endpointId: string,
  change: Partial<Pick<endpoints.Endpoint, 'state' | 'gen' | 'disabled'>>,
): Promise<void> {
  await db.updateTable('endpoints').set(change).where('id', '=', endpointId).execute()
}
