// Lists in pages, while others write: what was there throughout is seen once, nothing is seen twice. Rows arrive at any
// place of the order, many with the very same time; the seed is in the test's name, and PILOTLIGHT_TEST_SEED repeats it.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import * as auditLog from '../catalog/audit-log.ts'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import * as local from '../engine/local/index.ts'
import { seededInteger, seedOf } from '../lib/testing.ts'
import { at, openTestApi, type TestAnswer, type TestApi, textAt } from './testing.ts'

const seed = seedOf('PILOTLIGHT_TEST_SEED')
const day = 86_400_000

interface List {
  name: string
  /** Without limit and cursor. */
  path(): string
  ids(answer: TestAnswer): string[]
  cursor?: string
  make(random: Random): Promise<string>
  /** Undefined: nothing is ever taken away from it. */
  remove?(id: string): Promise<void>
  /** Moves the row, where the order is one of what can change. */
  change?(id: string, random: Random): Promise<void>
}

/** Whole numbers from 0 to below what is asked for. */
type Random = ReturnType<typeof seededInteger>

describe(`pages under concurrent writes, seed ${seed}`, () => {
  let cluster: TestCluster
  let api: TestApi
  /** Of which the rows are copies. */
  let project: string
  let branch: string
  let operation: string

  before(async () => {
    cluster = await startTestCluster(local)
    api = await openTestApi(cluster)
    const answer = await api.ask('POST', '/projects', { body: { project: { name: 'first' } } })
    project = textAt(answer, 'project.id')
    branch = textAt(answer, 'branch.id')
    operation = textAt(answer, 'operations.0.id')
  })
  after(() => cluster?.stop())

  /** A row like another, whatever columns there are. */
  async function copy(
    table: 'projects' | 'branches' | 'operations',
    id: string,
    changes: object,
  ): Promise<void> {
    await sql`
      insert into ${sql.table(table)}
      select (jsonb_populate_record(null::${sql.table(table)}, to_jsonb(row) || ${JSON.stringify(changes)}::jsonb)).*
      from ${sql.table(table)} as row where id::text = ${id}`.execute(api.catalog.db)
  }
  async function remove(table: 'projects' | 'branches' | 'operations', id: string): Promise<void> {
    await sql`delete from ${sql.table(table)} where id::text = ${id}`.execute(api.catalog.db)
  }

  /** One of a few, and so the same for many rows; some older than what is there. */
  const time = (random: Random) => new Date(Date.UTC(2026, 0, 1, 0, 0, random(4))).toISOString()
  const word = (random: Random) => `${random(1000)}-${randomUUID()}`
  const idsOf = (answer: TestAnswer, list: string, id = 'id') =>
    (at(answer, list) as Record<string, unknown>[]).map(item => String(item[id]))

  const projects = {
    async make(random: Random) {
      const id = `p-${word(random)}`
      await copy('projects', project, { id, name: id, created_at: time(random) })
      return id
    },
    remove: (id: string) => remove('projects', id),
  }
  const branches = {
    async make(random: Random) {
      const id = `br-${word(random)}`
      const moment = { created_at: time(random), updated_at: time(random) }
      await copy('branches', branch, { id, name: id, is_default: false, ...moment })
      return id
    },
    remove: (id: string) => remove('branches', id),
    async change(id: string, random: Random) {
      await api.catalog.db
        .updateTable('branches')
        .set({ name: word(random), updated_at: new Date(time(random)) })
        .where('id', '=', id)
        .execute()
    },
  }
  const span = () => {
    const iso = (daysAgo: number) => new Date(Math.floor(Date.now() / day - daysAgo) * day).toISOString()
    return `from=${iso(2)}&to=${iso(1)}&granularity=daily&org_id=${api.control.organization.id}`
  }

  const lists: List[] = [
    { name: 'projects', path: () => '/projects?', ids: answer => idsOf(answer, 'projects'), ...projects },
    {
      name: 'consumption of projects',
      path: () => `/consumption_history/projects?${span()}&`,
      ids: answer => idsOf(answer, 'projects', 'project_id'),
      ...projects,
    },
    {
      name: 'consumption of branches',
      path: () =>
        `/consumption_history/v2/branches?${span()}&metrics=compute_unit_seconds&project_ids=${project}&`,
      ids: answer => idsOf(answer, 'branches', 'branch_id'),
      make: branches.make,
      remove: branches.remove,
    },
    ...['name', 'created_at', 'updated_at'].flatMap(field =>
      ['asc', 'desc'].map(order => ({
        name: `branches by ${field}, ${order}`,
        path: () => `/projects/${project}/branches?sort_by=${field}&sort_order=${order}&`,
        ids: (answer: TestAnswer) => idsOf(answer, 'branches'),
        cursor: 'pagination.next',
        ...branches,
      })),
    ),
    {
      name: 'operations',
      path: () => `/projects/${project}/operations?`,
      ids: answer => idsOf(answer, 'operations'),
      async make(random) {
        const id = randomUUID()
        await copy('operations', operation, { id, chain_id: null, created_at: time(random) })
        return id
      },
      remove: id => remove('operations', id),
    },
    {
      name: 'the audit log',
      path: () => '/pilotlight/audit?',
      ids: answer => idsOf(answer, 'entries'),
      make: async () =>
        String(
          await auditLog.insert(api.catalog.db, {
            ...{ at: new Date(), actor: 'system', operation_id: 'createProject', ids: {} },
          }),
        ),
    },
  ]

  for (const [at, list] of lists.entries()) {
    test(list.name, async () => {
      const random = seededInteger(seed + at)
      const throughout: string[] = []
      const passing: string[] = []
      for (let count = 0; count < 40; count++) throughout.push(await list.make(random))
      for (let count = 0; count < 20; count++) passing.push(await list.make(random))

      let reading = true
      let writes = 0
      const write = async () => {
        const own = seededInteger(random(2 ** 31))
        while (reading) {
          const what = own(3)
          if (what === 0 || passing.length === 0) passing.push(await list.make(own))
          else if (what === 1) {
            // Out of the list first: nobody else is to change what is gone.
            const [id] = passing.splice(own(passing.length), 1)
            await list.remove?.(id!)
          } else await list.change?.(passing[own(passing.length)]!, own)
          writes++
          // A list of which nothing can be removed would otherwise grow as fast as it is read.
          await new Promise(resolve => setTimeout(resolve, own(4)))
        }
      }
      const writers = [write(), write(), write()]
      // What changed its place in the order may well be seen at both.
      const changes = list.change !== undefined
      try {
        for (let round = 0; round < 3; round++) {
          const seen = await readAll(list, random)
          const counts = Map.groupBy(seen, id => id)
          const missed = throughout.filter(id => !counts.has(id))
          const twice = [...counts].filter(
            ([id, times]) => times.length > 1 && !(changes && !throughout.includes(id)),
          )
          assert.deepEqual(missed, [], 'was there throughout, and was missed')
          assert.deepEqual(twice, [], 'was seen twice')
        }
      } finally {
        reading = false
        await Promise.all(writers)
      }
      assert.ok(writes > 20, `only ${writes} writes came in between`)
      for (const id of [...throughout, ...passing]) await list.remove?.(id)
    })
  }

  async function readAll(list: List, random: Random): Promise<string[]> {
    const seen: string[] = []
    let cursor: string | undefined
    for (let pages = 0; pages < 2000; pages++) {
      const place = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const answer = await api.ask('GET', `${list.path()}limit=${1 + random(9)}${place}`)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      const ids = list.ids(answer)
      seen.push(...ids)
      cursor = (at(answer, list.cursor ?? 'pagination.cursor') as string | undefined) ?? undefined
      if (cursor === undefined || ids.length === 0) return seen
    }
    throw new Error('there is no end to it')
  }
})
