import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import * as consumption from '../../catalog/consumption.ts'
import * as levels from '../../catalog/levels.ts'
import { type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { seededInteger } from '../../lib/testing.ts'
import { frameStart, hourMs } from '../../lib/time-frames.ts'
import { testControl } from '../testing.ts'
import { ConsumptionHistory, type HistoryRange } from './history.ts'
import { StorageMeter } from './storage-meter.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())

const at = (text: string): number => Date.parse(text)
const range = (grain: HistoryRange['grain'], from: string, to: string): HistoryRange => ({
  ...{ grain, from: new Date(from), to: new Date(to) },
})

/** A history that is asked at this moment, of projects that were made then. */
async function given(now: string, createdAt: string, count = 1) {
  const control = testControl(catalog, cluster.login)
  control.clock.now = () => at(now)
  const planted: Planted[] = []
  for (let index = 0; index < count; index++) {
    const one = await plant(catalog)
    const created_at = new Date(at(createdAt) + index)
    await catalog.db.updateTable('projects').set({ created_at }).where('id', '=', one.project.id).execute()
    await catalog.db.updateTable('branches').set({ created_at }).where('id', '=', one.branch.id).execute()
    planted.push(one)
  }
  return { ...planted[0]!, planted, control, history: new ConsumptionHistory(control.parts) }
}

const use = ({ project, branch }: Planted, hour: string, uses: consumption.Uses, now: string) =>
  consumption.add(
    catalog.db,
    { projectId: project.id, dataId: branch.id },
    [{ start: frameStart('hour', at(hour)), ...uses }],
    at(now),
  )

const failsWith = (code: string, message = /./) => ({ name: 'PilotlightError', code, message })

test('days over the end of a month: a period each, the past one with its end; frames from the creation on', async () => {
  const now = '2026-03-02T10:30:00Z'
  const it = await given(now, '2026-02-27T05:00:00Z')
  await use(it, '2026-02-28T23:00:00Z', { active_ms: 60_000n }, now)
  await use(it, '2026-03-01T00:00:00Z', { active_ms: 1_000n, written_bytes: 5n }, now)
  const { of } = await it.history.ofProjects(range('day', '2026-02-20T15:30:00Z', '2026-03-03T00:00:00Z'), {
    ...{ limit: 10, projectIds: [it.project.id] },
  })
  const [february, march] = of[0]!.periods
  assert.deepEqual([february!.start, february!.end].map(String), [
    String(new Date('2026-02-01T00:00:00Z')),
    String(new Date('2026-03-01T00:00:00Z')),
  ])
  assert.equal(march!.end, undefined)
  const shown = of[0]!.periods.flatMap(({ frames }) =>
    frames.map(({ start, amounts }) => [start.toISOString().slice(0, 10), amounts.active_ms]),
  )
  assert.deepEqual(shown, [
    ['2026-02-27', 0],
    ['2026-02-28', 60_000],
    ['2026-03-01', 1_000],
    ['2026-03-02', 0],
  ])
  const again = await it.history.ofProjects(range('month', '2026-02-01T00:00:00Z', now), {
    ...{ limit: 10, projectIds: [it.project.id] },
  })
  assert.deepEqual(
    again.of[0]!.periods.map(({ id }) => id),
    of[0]!.periods.map(({ id }) => id),
    'a period keeps its id',
  )
  assert.match(february!.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a to on an edge leaves that frame out; one beyond now ends now', async () => {
  const now = '2026-03-02T10:30:00Z'
  const it = await given(now, '2026-03-01T00:00:00Z')
  const hours = async (from: string, to: string) =>
    (
      await it.history.ofProjects(range('hour', from, to), { limit: 1, projectIds: [it.project.id] })
    ).of[0]!.periods.flatMap(({ frames }) => frames).map(({ start }) => start.getUTCHours())
  assert.deepEqual(await hours('2026-03-02T08:10:00Z', '2026-03-02T10:00:00Z'), [8, 9])
  assert.deepEqual(await hours('2026-03-02T08:10:00Z', '2026-03-02T10:00:01Z'), [8, 9, 10])
  assert.deepEqual(await hours('2026-03-02T09:00:00Z', '2026-03-05T00:00:00Z'), [9, 10])
  assert.deepEqual(await hours('2026-03-04T09:00:00Z', '2026-03-05T00:00:00Z'), [])
})

for (const [grain, first, tooEarly] of [
  ['hour', '2026-02-23T10:00:00Z', '2026-02-23T09:59:59Z'],
  ['day', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z'],
  ['month', '2025-03-01T00:00:00Z', '2025-02-28T23:59:59Z'],
] as const) {
  test(`by the ${grain}, ${first} is the first that can be asked for`, async () => {
    const now = '2026-03-02T10:30:00Z'
    const it = await given(now, '2024-04-01T00:00:00Z')
    const ask = (from: string) => it.history.ofProjects(range(grain, from, now), { limit: 1 })
    await ask(first)
    await assert.rejects(ask(tooEarly), failsWith('consumption_range_invalid', /outside the boundaries/))
    await assert.rejects(
      it.history.ofProjects(range(grain, now, first), { limit: 1 }),
      failsWith('consumption_range_invalid'),
    )
  })
}

test('storage that stayed the same is told hour by hour, up to now; and what was counted is not told twice', async () => {
  const now = '2026-03-02T10:30:00Z'
  const it = await given(now, '2026-03-02T06:00:00Z')
  const of = { dataId: it.branch.id, projectId: it.project.id, kind: 'root' as const }
  const measure = (measured: levels.Measured, time: string) =>
    catalog.transaction(trx => levels.measure(trx, of, measured, at(time)))
  await measure({ logical_bytes: 100 }, '2026-03-02T07:00:00Z')
  await measure({ logical_bytes: 300, own_bytes: 900, history_bytes: 50 }, '2026-03-02T08:30:00Z')
  const read = async (grain: HistoryRange['grain']) =>
    (
      await it.history.ofProjects(range(grain, '2026-03-02T06:00:00Z', now), {
        ...{ limit: 1, projectIds: [it.project.id] },
      })
    ).of[0]!.periods.flatMap(({ frames }) =>
      frames.map(({ start, amounts }) => [
        start.getUTCHours(),
        (amounts.root_byte_ms + amounts.history_byte_ms) / hourMs,
        amounts.storage_bytes_max,
      ]),
    )
  const hours = [
    [6, 0, 0],
    [7, 100, 100],
    [8, 50 + 175, 350],
    [9, 350, 350],
    [10, 175, 350],
  ]
  assert.deepEqual(await read('hour'), hours)
  assert.deepEqual(await read('day'), [[0, 850, 350]])
  // Measured once more, without a change: now it is counted, and the answer is the same.
  await measure({}, now)
  assert.deepEqual(await read('hour'), hours)
})

test('projects newest first, branches by project and id, page by page; only those that were asked for', async () => {
  const now = '2026-03-02T10:30:00Z'
  const it = await given(now, '2026-03-01T00:00:00Z', 5)
  const ids = it.planted.map(({ project }) => project.id)
  const span = range('day', '2026-03-01T00:00:00Z', now)
  const walk = async (ask: (cursor: string | undefined) => ReturnType<ConsumptionHistory['ofProjects']>) => {
    const found: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await ask(cursor)
      found.push(...page.of.map(({ projectId, branchId }) => branchId ?? projectId))
      cursor = page.cursor
      if (cursor === undefined) return found
    }
  }
  assert.deepEqual(
    await walk(cursor => it.history.ofProjects(span, { limit: 2, cursor, projectIds: ids })),
    ids.toReversed(),
  )
  const branchIds = it.planted.map(({ branch }) => branch.id)
  assert.deepEqual(
    await walk(cursor => it.history.ofBranches(span, { limit: 2, cursor, projectIds: ids })),
    branchIds.toSorted(),
  )
  const one = await it.history.ofBranches(span, { limit: 9, projectIds: ids, branchIds: [branchIds[3]!] })
  assert.deepEqual(
    one.of.map(({ branchId }) => branchId),
    [branchIds[3]],
  )
  for (const cursor of ['nonsense', Buffer.from('["x","y"]').toString('base64url')]) {
    await assert.rejects(it.history.ofProjects(span, { limit: 1, cursor }), failsWith('invalid_request'))
  }
})

test('property: whatever was used when, hours add up to days, days to months, branches to their project', async () => {
  const now = '2026-03-04T10:30:00Z'
  const it = await given(now, '2026-02-26T00:00:00Z')
  const random = seededInteger(5)
  for (let round = 0; round < 40; round++) {
    const hour = new Date(at('2026-02-26T00:00:00Z') + random(6 * 24) * hourMs).toISOString()
    await use(it, hour, { active_ms: BigInt(random(hourMs)), written_bytes: BigInt(random(1e9)) }, now)
  }
  const page = { limit: 1, projectIds: [it.project.id] }
  const sum = async (grain: HistoryRange['grain'], each: boolean) => {
    const span = range(grain, grain === 'month' ? '2026-02-01T00:00:00Z' : '2026-02-26T00:00:00Z', now)
    const { of } = each ? await it.history.ofBranches(span, page) : await it.history.ofProjects(span, page)
    const frames = of[0]!.periods.flatMap(period => period.frames)
    return frames.reduce((total, { amounts }) => total + amounts.active_ms + amounts.written_bytes, 0)
  }
  const total = await sum('hour', false)
  assert.ok(total > 0)
  for (const [grain, each] of [
    ['day', false],
    ['month', false],
    ['hour', true],
    ['month', true],
  ] as const) {
    assert.equal(await sum(grain, each), total)
  }
})

test('a round over the storage: branches and snapshots are measured; what is gone is counted to its end', async () => {
  const now = '2026-03-04T10:30:00Z'
  const it = await given(now, '2026-02-26T00:00:00Z')
  const { engine, parts } = it.control
  engine.usage = async refs => refs.map(ref => ({ ref, bytes: 9, exclusiveBytes: 7, historyBytes: 2 }))
  let rechecked = 0
  const meter = new StorageMeter({ parts, recheckQuotas: async () => void rechecked++ })
  const gone = { dataId: 'br-gone', projectId: it.project.id, kind: 'child' as const }
  await catalog.transaction(trx => levels.measure(trx, gone, { own_bytes: 10 }, at(now) - hourMs))
  await meter.round()
  const [level] = await levels.ofData(catalog.db, [it.branch.id])
  assert.deepEqual([level!.kind, level!.own_bytes, level!.history_bytes], ['root', 7, 2])
  assert.deepEqual(await levels.ofData(catalog.db, ['br-gone']), [])
  const [used] = await consumption.ofProjects(catalog.db, [it.project.id], new Date('2026-03-01T00:00:00Z'))
  assert.equal(used!.child_byte_ms, 10 * hourMs)
  assert.equal(rechecked, 1)

  // A disk that is away is no end of the world.
  engine.usage = async () => {
    throw new Error('the disk is away')
  }
  await catalog.db
    .updateTable('levels')
    .set({ storage_at: null })
    .where('data_id', '=', it.branch.id)
    .execute()
  await meter.round()
  assert.equal((await levels.ofData(catalog.db, [it.branch.id]))[0]!.storage_at, null)
  await meter.close()
})
