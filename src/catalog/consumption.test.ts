import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as local from '../engine/local/index.ts'
import { seededInteger } from '../lib/testing.ts'
import { dayMs, frameStart, grains, hourMs } from '../lib/time-frames.ts'
import * as activeTime from './active-time.ts'
import type { Catalog } from './catalog.ts'
import * as consumption from './consumption.ts'
import * as endpoints from './endpoints.ts'
import * as levels from './levels.ts'
import { type Planted, plant, startTestCluster, type TestCluster } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())

const at = (text: string): number => Date.parse(text)

async function ran(planted: Planted, from: string, to: string | null, cu = 0.25): Promise<void> {
  await catalog.db
    .updateTable('endpoints')
    .set({
      ...{ state: to === null ? 'running' : 'suspended', started_at: new Date(from), min_cu: cu },
      ...{ suspended_at: to === null ? null : new Date(to), counted_until: null },
    })
    .where('id', '=', planted.endpoint.id)
    .execute()
}

const count = (id: string, now: string) => catalog.transaction(trx => activeTime.count(trx, id, at(now)))

async function frames(projectId: string, grain: 'hour' | 'day' | 'month', now: string) {
  const from = new Date(consumption.keptFrom(grain, at(now)))
  const rows = await consumption.history(catalog.db, {
    ...{ projectIds: [projectId], grain, from, to: new Date(at(now) + 1), each: false },
  })
  return rows.map(row => [row.starts_at.toISOString(), row.active_ms, row.compute_ms])
}

test('a compute that runs over the edge of hour, day and month is split there', async () => {
  const planted = await plant(catalog)
  await ran(planted, '2026-01-31T23:30:00Z', '2026-02-01T00:30:00Z', 2)
  await count(planted.endpoint.id, '2026-02-01T00:31:00Z')
  const half = [1_800_000, 3_600_000]
  const now = '2026-02-01T00:31:00Z'
  assert.deepEqual(await frames(planted.project.id, 'hour', now), [
    ['2026-01-31T23:00:00.000Z', ...half],
    ['2026-02-01T00:00:00.000Z', ...half],
  ])
  assert.deepEqual(await frames(planted.project.id, 'day', now), [
    ['2026-01-31T00:00:00.000Z', ...half],
    ['2026-02-01T00:00:00.000Z', ...half],
  ])
  assert.deepEqual(await frames(planted.project.id, 'month', now), [
    ['2026-01-01T00:00:00.000Z', ...half],
    ['2026-02-01T00:00:00.000Z', ...half],
  ])
})

test('counted as often as one likes, in whatever steps: never twice, and nothing left out', async () => {
  const planted = await plant(catalog)
  const { id } = planted.endpoint
  await ran(planted, '2026-03-01T10:00:00Z', null)
  for (const now of ['10:00:20', '10:01:00', '10:01:00', '10:00:30', '10:02:00']) {
    await count(id, `2026-03-01T${now}Z`)
  }
  // Two at once, and a control that is killed right before it counts the end.
  await Promise.all([count(id, '2026-03-01T10:03:00Z'), count(id, '2026-03-01T10:03:00Z')])
  await catalog.db
    .updateTable('endpoints')
    .set({ state: 'suspended', suspended_at: new Date('2026-03-01T10:05:00Z') })
    .where('id', '=', id)
    .execute()
  assert.ok((await activeTime.listUncounted(catalog.db)).includes(id))
  await count(id, '2026-03-01T12:00:00Z')
  await count(id, '2026-03-01T13:00:00Z')
  assert.ok(!(await activeTime.listUncounted(catalog.db)).includes(id))
  assert.deepEqual(await frames(planted.project.id, 'month', '2026-03-01T13:00:00Z'), [
    ['2026-03-01T00:00:00.000Z', 300_000, 75_000],
  ])
})

test('a transaction that is rolled back has counted nothing', async () => {
  const planted = await plant(catalog)
  await ran(planted, '2026-03-01T10:00:00Z', null)
  const broken = catalog.transaction(async trx => {
    await activeTime.count(trx, planted.endpoint.id, at('2026-03-01T10:01:00Z'))
    throw new Error('killed')
  })
  await assert.rejects(broken, /killed/)
  await count(planted.endpoint.id, '2026-03-01T10:01:00Z')
  const [used] = await consumption.ofProjects(
    catalog.db,
    [planted.project.id],
    new Date('2026-03-01T00:00:00Z'),
  )
  assert.equal(used!.active_ms, 60_000)
})

test('what nobody saw run is given up, and not counted at the next run', async () => {
  const planted = await plant(catalog)
  const { id } = planted.endpoint
  await ran(planted, '2026-03-01T10:00:00Z', null)
  await count(id, '2026-03-01T10:01:00Z')
  await activeTime.giveUp(catalog.db, id, new Date('2026-03-03T10:00:00Z'))
  await catalog.db
    .updateTable('endpoints')
    .set({ state: 'suspended', suspended_at: new Date('2026-03-03T10:00:00Z') })
    .where('id', '=', id)
    .execute()
  await count(id, '2026-03-03T11:00:00Z')
  assert.deepEqual(
    (await frames(planted.project.id, 'month', '2026-03-03T11:00:00Z')).map(([, activeMs]) => activeMs),
    [60_000],
  )
})

test('property: sums of hours are days, sums of days are months, whatever is added in whatever order', async () => {
  const { project, branch } = await plant(catalog)
  const now = at('2026-05-20T12:34:56Z')
  const random = seededInteger(11)
  let written = 0
  for (let round = 0; round < 60; round++) {
    // Within what all three grains keep.
    const start = now - random(6 * 24) * hourMs
    const bytes = random(1_000_000_000)
    written += bytes
    const hours = [
      { start: frameStart('hour', start), written_bytes: BigInt(bytes), root_byte_ms: 10n ** 16n + 1n },
      { start: frameStart('hour', start) - hourMs, active_ms: BigInt(random(hourMs)) },
    ]
    await consumption.add(catalog.db, { projectId: project.id, dataId: branch.id }, hours, now)
  }
  const sums = await Promise.all(
    grains.map(async grain => {
      const { rows } = await cluster.query(
        `select sum(written_bytes)::text as written, sum(active_ms)::text as active, sum(root_byte_ms)::text as bytes
           from pilotlight.consumption where project_id = $1 and grain = $2`,
        [project.id, grain],
        'catalog_0',
      )
      return rows[0]
    }),
  )
  assert.deepEqual(sums[1], sums[0])
  assert.deepEqual(sums[2], sums[0])
  assert.equal(sums[0].written, String(written))
  // Exactly, beyond what a double can hold.
  assert.equal(sums[0].bytes, String(60n * (10n ** 16n + 1n)))
})

test('hours, days and months are kept for as long as they can be asked for', async () => {
  const { project, branch } = await plant(catalog)
  const now = at('2026-11-25T12:30:00Z')
  const of = { projectId: project.id, dataId: branch.id }
  const use = (start: number) => [{ start, active_ms: 1n }]
  for (const ago of [0, 169 * hourMs, 61 * dayMs, 400 * dayMs]) {
    await consumption.add(catalog.db, of, use(frameStart('hour', now - ago)), now)
  }
  const kept = async () =>
    (
      await cluster.query(
        `select grain, count(*)::int as frames from pilotlight.consumption where project_id = $1
          group by 1 order by 1`,
        [project.id],
        'catalog_0',
      )
    ).rows.map(({ grain, frames }) => `${grain} ${frames}`)
  // The day of 61 days ago and the month of 400 days ago are no longer told, the month of 61 days ago is.
  assert.deepEqual(await kept(), ['day 2', 'hour 1', 'month 2'])
  await consumption.prune(catalog.db, now + 14 * dayMs)
  assert.deepEqual(await kept(), ['day 2', 'month 2'])
  await consumption.prune(catalog.db, now + 800 * dayMs)
  assert.deepEqual(await kept(), [])
})

test('WAL: counted from where its data began; other data begins anew; old news count nothing', async () => {
  const { project, branch } = await plant(catalog)
  const of = { dataId: branch.id, projectId: project.id, kind: 'root' as const }
  const begins: Record<string, string> = { a: '0/FFFF00', b: '0/9000000' }
  const wal = (walOf: string, lsn: string) =>
    catalog.transaction(trx =>
      levels.countWal(trx, of, { walOf, lsn, begin: begins[walOf]! }, at('2026-04-01T00:00:00Z')),
    )
  assert.equal(await wal('a', '0/1000000'), 256)
  assert.equal(await wal('a', '0/1000100'), 256)
  assert.equal(await wal('a', '0/1000000'), 0, 'after a crash, the last checkpoint')
  assert.equal(await wal('a', '0/1000200'), 256)
  assert.equal(await wal('b', '0/9000000'), 0, 'a restore')
  assert.equal(await wal('b', '1/0'), 2 ** 32 - 0x9000000)
})

test('storage: what it was until now is counted, also where it stayed the same for weeks', async () => {
  const { project, branch } = await plant(catalog)
  const of = { dataId: branch.id, projectId: project.id, kind: 'root' as const }
  const measure = (measured: levels.Measured, now: string) =>
    catalog.transaction(trx => levels.measure(trx, of, measured, at(now)))
  await measure({ logical_bytes: 1_000 }, '2026-04-30T23:00:00Z')
  await measure({ logical_bytes: 3_000, own_bytes: 5_000, history_bytes: 10 }, '2026-05-01T01:00:00Z')
  await measure({ logical_bytes: 3_000 }, '2026-05-02T01:00:00Z')
  const months = await consumption.history(catalog.db, {
    ...{ projectIds: [project.id], grain: 'month', each: true },
    ...{ from: new Date('2026-01-01T00:00:00Z'), to: new Date('2027-01-01T00:00:00Z') },
  })
  assert.deepEqual(
    months.map(row => [
      row.data_id,
      row.root_byte_ms / hourMs,
      row.history_byte_ms / hourMs,
      row.storage_bytes_max,
    ]),
    [
      [branch.id, 1_000, 0, 1_000],
      [branch.id, 1_000 + 24 * 3_000, 240, 3_010],
    ],
  )
  await catalog.transaction(trx => levels.close(trx, branch.id, at('2026-05-02T02:00:00Z')))
  assert.deepEqual(await levels.ofData(catalog.db, [branch.id]), [])
  const [may] = await consumption.ofBranches(
    catalog.db,
    [branch.id],
    project.id,
    new Date('2026-05-01T00:00:00Z'),
  )
  assert.equal(may!.root_byte_ms / hourMs, 1_000 + 25 * 3_000)
})

test('a child is charged for what it does not share, a snapshot apart', () => {
  const level = { logical_bytes: 100, own_bytes: 30 }
  assert.equal(levels.bytesOf({ ...level, kind: 'root' }), 100)
  assert.equal(levels.bytesOf({ ...level, kind: 'child' }), 30)
  assert.equal(levels.bytesOf({ ...level, kind: 'child', own_bytes: 400 }), 100)
  assert.equal(levels.bytesOf({ ...level, kind: 'snapshot' }), 30)
  assert.equal(levels.bytesOf({ kind: 'root', logical_bytes: null, own_bytes: 7 }), 7)
})

test('what is to be measured: never looked at, used since, or long ago', async () => {
  const { branch, endpoint } = await plant(catalog)
  const of = { dataId: branch.id, projectId: branch.project_id, kind: 'root' as const }
  const isDue = async () =>
    (await levels.listToMeasure(catalog.db, new Date('2026-01-01T00:00:00Z'), 1000)).some(
      ({ data_id }) => data_id === branch.id,
    )
  assert.equal(await isDue(), true)
  await catalog.transaction(trx => levels.measure(trx, of, { own_bytes: 1 }, at('2026-02-01T00:00:00Z')))
  assert.equal(await isDue(), false)
  await endpoints.markActive(catalog.db, endpoint.id, new Date('2026-02-01T00:01:00Z'))
  assert.equal(await isDue(), true)
})
