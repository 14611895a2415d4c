// Whatever is killed, at whatever moment of making, restoring, snapshotting and deleting branches: operations end, nothing
// half-made is to be seen, no row that a client was told of is lost, and no file is left behind. The moments come from a
// seed, which a failed run prints: PILOTLIGHT_TEST_SEED=… plays the same choices again, PILOTLIGHT_TEST_ROUNDS more of them.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { seededRandom, seedOf } from '../../src/lib/testing.ts'
import { pgConfig, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { isAlive, mentioning, postgresOf } from '../fixtures/processes.ts'

const seed = seedOf('PILOTLIGHT_TEST_SEED')
const rounds = Number(process.env.PILOTLIGHT_TEST_ROUNDS ?? 4)

/** How far back branches of the past begin. */
const pastMs = 300

/** Commits numbered rows as fast as it can, through every loss of its session; `told`: the last one acknowledged. */
class Writer {
  told = 0
  #stopped = false
  readonly #done: Promise<void>

  constructor(pilotlight: Pilotlight, project: ProjectDetails) {
    this.#done = this.#run(pilotlight, project)
  }

  async #run(pilotlight: Pilotlight, project: ProjectDetails): Promise<void> {
    while (!this.#stopped) {
      const client = new pg.Client(pgConfig(pilotlight, project))
      client.on('error', () => {})
      try {
        await client.connect()
        while (!this.#stopped) {
          // One whose answer was lost may be there.
          const next = this.told + 1
          await client.query('insert into entry values ($1) on conflict do nothing', [next])
          this.told = next
        }
      } catch {
        await sleep(50)
      } finally {
        await client.end().catch(() => {})
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#done
  }
}

/** 1, 2, 3, … without a gap: a copy is of one moment. */
function assertNumbered(rows: { n: number }[], story: string): void {
  for (const [index, { n }] of rows.entries()) assert.equal(n, index + 1, story)
}

test(`random kills, seed ${seed}`, { timeout: 280_000 }, async t => {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const pilotlight = await Pilotlight.start()
  t.after(() => pilotlight.stop())
  const project = await pilotlight.createProject()
  await query(pilotlight, project, 'create table entry (n int primary key)')
  await pilotlight.settle(project.id)
  const { id: projectId, branchId } = project
  // What `past` opens has the table.
  await sleep(2 * pastMs)

  const branches = async () => (await pilotlight.api.listProjectBranches({ projectId })).data.branches
  const others = async () => (await branches()).filter(({ id }) => id !== branchId)
  const snapshots = async () => (await pilotlight.api.listSnapshots(projectId)).data.snapshots
  let serial = 0
  const deeds: Record<string, () => Promise<unknown>> = {
    branch: async () =>
      await pilotlight.api.createProjectBranch(projectId, {
        branch: { name: `b-${++serial}`, parent_id: branchId },
        endpoints: [{ type: 'read_write' as never }],
      }),
    past: async () =>
      await pilotlight.api.createProjectBranch(projectId, {
        branch: {
          name: `b-${++serial}`,
          parent_id: branchId,
          parent_timestamp: new Date(Date.now() - pastMs).toISOString(),
        },
        endpoints: [{ type: 'read_write' as never }],
      }),
    reset: async () => {
      const branch = pick(await others())
      if (branch) {
        await pilotlight.api.restoreProjectBranch(projectId, branch.id, { source_branch_id: branchId })
      }
    },
    remove: async () => {
      const branch = pick(await others())
      if (branch) await pilotlight.api.deleteProjectBranch({ projectId, branchId: branch.id })
    },
    snapshot: async () => await pilotlight.api.createSnapshot({ projectId, branchId, name: `s-${++serial}` }),
    dropSnapshot: async () => {
      const snapshot = pick(await snapshots())
      if (snapshot) await pilotlight.api.deleteSnapshot(projectId, snapshot.id)
    },
  }
  const victims: Record<string, () => number[]> = {
    control: () => pilotlight.children('control-process'),
    computes: () => pilotlight.computes(),
    catalog: () => postgresOf(join(pilotlight.dataDir, 'catalog')),
    everything: () => [...mentioning(pilotlight.dataDir), ...pilotlight.children('control-process')],
  }
  const answers = () =>
    pilotlight.api.listProjects({}).then(
      () => true,
      () => false,
    )

  const writer = new Writer(pilotlight, project)
  try {
    for (let round = 0; round < rounds; round++) {
      const names = Array.from({ length: 3 }, () => pick(Object.keys(deeds)))
      const victim = pick(Object.keys(victims))
      const delayMs = Math.floor(random() * 400)
      const story = `seed ${seed}, round ${round}: ${names.join(', ')}; ${victim} after ${delayMs} ms`
      t.diagnostic(story)
      // Refused or cut off: then it was not acknowledged.
      const under = Promise.allSettled(names.map(name => deeds[name]!()))
      await sleep(delayMs)
      const pids = victims[victim]!()
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It ended by itself.
        }
      }
      await eventually(() => !pids.some(isAlive), { timeoutMs: 20_000, about: () => `${story}: deaths` })
      if (victim === 'everything') await pilotlight.up()
      await under
      await eventually(answers, { timeoutMs: 60_000, about: () => `${story}: the API` })
      await assertSound(story)
    }
  } finally {
    await writer.stop()
  }

  async function assertSound(story: string): Promise<void> {
    await eventually(
      async () => {
        const { data } = await pilotlight.api.listProjectOperations({ projectId })
        return data.operations.every(({ status }) => !['scheduling', 'running'].includes(status))
      },
      { timeoutMs: 90_000, about: () => `${story}: operations to end` },
    )
    const toldBefore = writer.told
    const rows = await query<{ n: number }>(pilotlight, project, 'select n from entry order by n')
    assert.ok(rows.length >= toldBefore, `${story}: ${rows.length} rows, ${toldBefore} acknowledged`)
    assertNumbered(rows, story)
    const endpoints = (await pilotlight.api.listProjectEndpoints(projectId)).data.endpoints
    for (const branch of await others()) {
      if (branch.current_state !== 'ready') continue
      const endpoint = endpoints.find(({ branch_id }) => branch_id === branch.id)
      if (!endpoint) continue
      const there = { ...project, branchId: branch.id, endpointId: endpoint.id, host: endpoint.host }
      const copied = await query<{ n: number }>(pilotlight, there, 'select n from entry order by n')
      assertNumbered(copied, `${story}: branch ${branch.name}`)
    }
    await assertNothingLeft(story)
  }

  /** Data is there for branches and snapshots, and for nothing else. */
  async function assertNothingLeft(story: string): Promise<void> {
    const directory = join(pilotlight.dataDir, 'data')
    const strangers = async (): Promise<string[]> => {
      const listed = await pilotlight.api.listProjectBranches({ projectId, include_deleted: true })
      const known = new Set([
        ...listed.data.branches.map(({ id }) => id),
        ...(await snapshots()).map(({ id }) => id),
      ])
      return readdirSync(directory).filter(name => !known.has(name))
    }
    let left: string[] = []
    await eventually(
      async () => {
        left = await strangers()
        return left.length === 0
      },
      { timeoutMs: 30_000, about: () => `${story}: ${left.join(', ')} to go from data/` },
    ).catch(async error => {
      const { data } = await pilotlight.api.listProjectOperations({ projectId })
      t.diagnostic(JSON.stringify(data.operations.filter(({ branch_id }) => left.includes(branch_id ?? ''))))
      throw error
    })
  }
})
