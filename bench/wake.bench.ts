// npm run bench -- wake [--pairs 50] [--wakes 100] [--projects 10] [--data-dir <directory>]
//
// From a TLS connect to a database that sleeps, to its first row, against the same Postgres spawned by hand and against
// `pg_ctl -w start` with psql: one of each a round, in shuffled order, and the ratio round by round. Then: 20 clients on
// one sleeping endpoint, the tail of many wakes, a new project's way to its first row, and what a sleeping one costs.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { eventually } from '../test/fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../test/fixtures/pilotlight.ts'
import { get } from './asked.ts'
import { firstRow, type Stages, timedFirstRow } from './clients.ts'
import { Peer } from './peers.ts'
import { plantProjects } from './planted.ts'
import { printGoals, printTable, ratioGoal, saveResults } from './report.ts'
import { median, quantile, ratios, shuffled, summarize } from './stats.ts'

const flags = readFlags()
const pairs = Number(flags.pairs)
const wakes = Number(flags.wakes)
const projectCount = Number(flags.projects)
const clientsAtOnce = 20
const togetherRounds = 9
/** How many sleep when what one of them costs is measured. */
const sleepers = 10_000

const directory = flags['data-dir'] ?? mkdtempSync(join(tmpdir(), 'pilotlight-bench-'))
mkdirSync(directory, { recursive: true })
// Postgres's own user has to pass through.
chmodSync(directory, 0o755)
const pilotlight = await Pilotlight.start({ dataDir: join(directory, 'd'), flags: ['--log-level', 'warn'] })
try {
  await run()
} finally {
  await pilotlight.stop()
  rmSync(directory, { recursive: true, force: true })
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        pairs: { type: 'string', default: '50' },
        wakes: { type: 'string', default: '100' },
        projects: { type: 'string', default: '10' },
        'data-dir': { type: 'string' },
      },
    }).values
  } catch (error) {
    console.error(`${(error as Error).message}
usage: npm run bench -- wake [--pairs 50] [--wakes 100] [--projects 10] [--data-dir <directory>]`)
    process.exit(2)
  }
}

async function run(): Promise<void> {
  const project = await pilotlight.createProject({ name: 'bench' })
  await firstRow(pilotlight, project)
  await pilotlight.suspend(project)
  const [spawnPeer, pgCtlPeer] = await makePeers(project)

  console.log(`wake: ${pairs} rounds of three, in shuffled order`)
  const times = { ours: [] as number[], spawn: [] as number[], pgCtl: [] as number[] }
  const stages: Stages[] = []
  const targets = {
    ours: async () => {
      const wake = await timedFirstRow(pilotlight, project)
      times.ours.push(wake.ms)
      stages.push(wake.stages)
      await pilotlight.suspend(project)
    },
    spawn: async () => {
      const { ms, stop } = await spawnPeer.spawnToFirstRow()
      times.spawn.push(ms)
      await stop()
    },
    pgCtl: async () => {
      const { ms, stop } = await pgCtlPeer.pgCtlToFirstRow()
      times.pgCtl.push(ms)
      await stop()
    },
  }
  // The first round warms caches on all sides, and does not count.
  for (let round = 0; round <= pairs; round++) {
    for (const target of shuffled(Object.values(targets))) await target()
    if (round === 0) for (const list of [times.ours, times.spawn, times.pgCtl, stages]) list.length = 0
  }
  const toSpawn = ratios(times.ours, times.spawn)
  const toPgCtl = ratios(times.ours, times.pgCtl)
  const rows = Object.entries(times).map(([name, list]) => {
    const { p25, p50, p75, p99 } = summarize(list)
    return [name, p25, p50, p75, p99]
  })
  printTable('Wake to first row, ms', ['target', 'p25', 'p50', 'p75', 'p99'], rows)
  printTable(
    'Stages of ours, ms (median)',
    ['stage', 'ms'],
    [
      ['client: TLS and password', median(stages.map(({ client }) => client))],
      ['cplane: wake', median(stages.map(({ cplane }) => cplane))],
      ['compute: connect and log in', median(stages.map(({ compute }) => compute))],
      ['retry', median(stages.map(({ retry }) => retry))],
    ],
  )

  const together = await manyAtOnce(project, spawnPeer)
  const tail = await manyWakes(project)
  const created = await newProjects()
  const sleeping = await costOfSleeping(project)

  printTable(
    'More',
    ['figure', 'value'],
    [
      [`${clientsAtOnce} clients at once: slowest, ms (median of ${togetherRounds})`, together.slowestMs],
      [`bare spawn, ${clientsAtOnce} clients at once: slowest, ms`, together.bareMs],
      [`${clientsAtOnce} clients at once: ours / bare`, together.slowestMs / together.bareMs],
      [`${wakes} wakes: p50, ms`, tail.ours.p50],
      [`${wakes} wakes: p99, ms`, tail.ours.p99],
      ['bare spawn: p99 / p50', quantile(times.spawn, 0.99) / median(times.spawn)],
      [`new project to first row, ms (${created.cloning})`, median(created.ms)],
      ['memory of 10,000 suspended endpoints, KiB each', sleeping.kibPerEndpoint],
    ],
  )
  printGoals([
    ratioGoal('C1 wake / bare spawn', toSpawn, { atMost: 1.3 }),
    { name: 'C2 wake / pg_ctl and psql', value: median(toPgCtl), atMost: 0.6, unit: 'x' },
    { name: 'C5 starts for 20 clients', value: together.starts, atMost: 1, unit: 'starts' },
    {
      name: 'C5 slowest of 20 / one',
      value: together.slowestMs / median(times.ours),
      atMost: 1.5,
      unit: 'x',
    },
    { name: 'C6 p99 / p50 of wakes', value: tail.ours.p99 / tail.ours.p50, atMost: 2, unit: 'x' },
    { name: 'sleeping project', value: sleeping.kibPerEndpoint, atMost: 10, unit: 'KiB' },
    {
      name: `new project to first row (${created.cloning})`,
      value: median(created.ms),
      atMost: created.cloning === 'copy' ? 2000 : 1000,
      unit: 'ms',
    },
  ])
  saveResults('wake', {
    settings: { pairs, wakes, projectCount },
    times,
    stages,
    ratios: { toSpawn: summarize(toSpawn), toPgCtl: summarize(toPgCtl) },
    together,
    tail,
    created,
    sleeping,
  })
}

async function makePeers(project: ProjectDetails): Promise<[Peer, Peer]> {
  const { postgres } = await get<{ postgres: { id: string; bin_dir: string }[] }>(
    pilotlight,
    '/pilotlight/machine',
  )
  const build = postgres.find(({ id }) => /^17\..*-embedded$/.test(id))!
  const make = (name: string) => {
    const own = join(directory, name)
    mkdirSync(own)
    return new Peer({
      directory: own,
      binDir: build.bin_dir,
      pgdata: join(pilotlight.dataDir, 'data', project.branchId, 'pgdata'),
      configFile: join(pilotlight.dataDir, 'computes', project.endpointId, 'postgresql.conf'),
      user: 'cloud_admin',
      password: readFileSync(join(pilotlight.dataDir, 'secrets', 'cloud-admin'), 'utf8').trim(),
    })
  }
  return [make('spawn'), make('pgctl')]
}

async function startsOf(project: ProjectDetails): Promise<number> {
  const { data } = await pilotlight.api.listProjectOperations({ projectId: project.id, limit: 1000 })
  return data.operations.filter(({ action }) => action === 'start_compute').length
}

async function manyAtOnce(
  project: ProjectDetails,
  peer: Peer,
): Promise<{ slowestMs: number; starts: number; bareMs: number }> {
  const slowest: number[] = []
  const bare: number[] = []
  let starts = 0
  for (let round = 0; round < togetherRounds; round++) {
    const before = await startsOf(project)
    const all = await Promise.all(Array.from({ length: clientsAtOnce }, () => firstRow(pilotlight, project)))
    slowest.push(Math.max(...all))
    await pilotlight.suspend(project)
    starts = Math.max(starts, (await startsOf(project)) - before)
    const { ms, stop } = await peer.spawnToFirstRow(clientsAtOnce)
    bare.push(ms)
    await stop()
  }
  return { slowestMs: median(slowest), starts, bareMs: median(bare) }
}

async function manyWakes(project: ProjectDetails): Promise<{ ours: ReturnType<typeof summarize> }> {
  const all: number[] = []
  for (let n = 0; n < wakes; n++) {
    all.push(await firstRow(pilotlight, project))
    await pilotlight.suspend(project)
  }
  return { ours: summarize(all) }
}

async function newProjects(): Promise<{ ms: number[]; cloning: string }> {
  const ms: number[] = []
  for (let n = 0; n < projectCount; n++) {
    const startedAt = performance.now()
    const project = await pilotlight.createProject()
    await firstRow(pilotlight, project)
    ms.push(performance.now() - startedAt)
    await pilotlight.api.deleteProject(project.id)
  }
  const { cloning } = await get<{ cloning: string }>(pilotlight, '/pilotlight/machine')
  return { ms, cloning }
}

/**
 * What 10,000 sleeping endpoints add to the memory of control and proxies: the rows are written into the catalog and the
 * engine's files beside the others, and everything is started again with and without them.
 */
async function costOfSleeping(model: ProjectDetails): Promise<{ kibPerEndpoint: number }> {
  const memory = async (): Promise<number> => {
    await pilotlight.down()
    await pilotlight.up()
    await eventually(() => pilotlight.api.listProjects({}).then(() => true), {
      timeoutMs: 30_000,
      about: () => 'the API',
    })
    const pids = [...pilotlight.children('control-process'), ...pilotlight.children('proxy-process')]
    return pids.map(residentKiB).reduce((sum, kib) => sum + kib, 0)
  }
  const without = await memory()
  await plantProjects(pilotlight, model, sleepers)
  for (let n = 1; n <= sleepers; n++) {
    plant(model, 'data', model.branchId, `br-planted-${n}`, 'meta.json')
    plant(model, 'computes', model.endpointId, `ep-planted-${n}`, 'state.json')
  }
  const withThem = await memory()
  return { kibPerEndpoint: Math.max(0, withThem - without) / sleepers }
}

/** What the engine keeps of a compute or branch that sleeps, as it kept it of the model. */
function plant(
  model: ProjectDetails,
  kind: 'data' | 'computes',
  from: string,
  to: string,
  file: string,
): void {
  const text = readFileSync(join(pilotlight.dataDir, kind, from, file), 'utf8')
  const number = to.replace(/\D/g, '')
  const own = text
    .replaceAll(model.branchId, `br-planted-${number}`)
    .replaceAll(model.endpointId, `ep-planted-${number}`)
  mkdirSync(join(pilotlight.dataDir, kind, to), { recursive: true })
  writeFileSync(join(pilotlight.dataDir, kind, to, file), own)
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
