import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Lineage } from './lineage.ts'
import { formatLsn, type Lsn, parseLsn } from './lsn.ts'
import {
  type Era,
  earliestMoment,
  eraOf,
  erasUpTo,
  formatTime,
  type Kept,
  type KeptSnapshot,
  microseconds,
  needed,
  planMoment,
  type Target,
} from './moments.ts'

const day = 86_400_000_000n
const start = microseconds('2026-01-01T00:00:00Z')
/** `n` seconds after the beginning of these stories. */
const at = (seconds: number): string => formatTime(start + BigInt(seconds) * 1_000_000n)
const lsn = (megabytes: number): string => formatLsn(BigInt(megabytes) * 1024n * 1024n)
const mb = (text: string): number => Number(parseLsn(text) / 1024n / 1024n)

test('times are read to the microsecond, in any zone', () => {
  const same = [
    '2026-01-01T12:00:00.123456Z',
    '2026-01-01T14:00:00.123456+02:00',
    '2026-01-01T05:00:00.123456-0700',
  ]
  assert.deepEqual([...new Set(same.map(microseconds))], [start + day / 2n + 123_456n])
  assert.equal(microseconds('2026-01-01T00:00:00Z'), start)
  assert.equal(microseconds('2026-01-01T00:00:00.1Z'), start + 100_000n)
  assert.equal(microseconds('2026-01-01T00:00:00.1234567Z'), start + 123_456n)
  for (const micros of [start, start + 1n, start + 999_999n])
    assert.equal(microseconds(formatTime(micros)), micros)
  for (const text of [
    '',
    'now',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-13-01T00:00:00Z',
    '2026-01-01 00:00:00Z',
  ]) {
    assert.throws(() => microseconds(text), { code: 'invalid' }, text)
  }
})

function lineage(id: string, origin: Lineage['origin'], startMb: number, timeline = 1): Lineage {
  return { id, family: 'ln-a', origin, startedAt: at(0), startLsn: lsn(startMb), timeline }
}

function snapshot(of: string, id: string, seconds: number, atMb: number, damage?: string): KeptSnapshot {
  const facts = { id, lineage: of, time: at(seconds), lsn: lsn(atMb), redo: lsn(atMb - 1), timeline: 1 }
  return damage === undefined ? facts : { ...facts, damage }
}

function keptOf(lineages: Lineage[], snapshots: KeptSnapshot[], templates: string[] = ['t']): Kept {
  return {
    lineages: new Map(lineages.map(one => [one.id, one])),
    snapshots: new Map(
      lineages.map(({ id }) => [id, snapshots.filter(snapshot => snapshot.lineage === id)] as const),
    ),
    hasTemplate: name => templates.includes(name),
  }
}

/**
 * Three lives, one after the other: ln-a from a template; ln-b, a branch of it at 100 s; ln-c, a branch of ln-b at 200 s,
 * on a timeline of its own. What ln-a and ln-b wrote after they were left is not theirs.
 */
const lineages = [
  lineage('ln-a', { template: 't' }, 2),
  lineage('ln-b', { lineage: 'ln-a', lsn: lsn(40) }, 40),
  lineage('ln-c', { lineage: 'ln-b', lsn: lsn(80) }, 80, 2),
]
const eras: Era[] = [
  { lineage: 'ln-a', from: { lsn: lsn(2), time: at(0) }, until: { lsn: lsn(40), time: at(100) } },
  { lineage: 'ln-b', from: { lsn: lsn(40), time: at(100) }, until: { lsn: lsn(80), time: at(200) } },
  { lineage: 'ln-c', from: { lsn: lsn(80), time: at(200) } },
]
const snapshots = [
  snapshot('ln-a', 'a1', 50, 20),
  snapshot('ln-a', 'a2', 150, 60),
  snapshot('ln-b', 'b1', 150, 60),
  snapshot('ln-b', 'b2', 250, 90),
  snapshot('ln-c', 'c1', 250, 100),
]

test('a moment belongs to the stretch of life that holds it, the newest where they overlap', () => {
  for (const [target, expected] of [
    [{ time: at(-1) }, null],
    [{ time: at(0) }, 'ln-a'],
    [{ time: at(99) }, 'ln-a'],
    [{ time: at(100) }, 'ln-b'],
    [{ time: at(199) }, 'ln-b'],
    [{ time: at(200) }, 'ln-c'],
    [{ time: at(100_000) }, 'ln-c'],
    [{ lsn: lsn(1) }, null],
    [{ lsn: lsn(2) }, 'ln-a'],
    [{ lsn: lsn(40) }, 'ln-b'],
    [{ lsn: lsn(79) }, 'ln-b'],
    [{ lsn: lsn(80) }, 'ln-c'],
    [{ lsn: lsn(90_000) }, 'ln-c'],
  ] as [Target, string | null][]) {
    assert.equal(eraOf(eras, target)?.lineage ?? null, expected, JSON.stringify(target))
  }
  // Restored to 30 s: the life that was left reached further, in time and in WAL.
  const restored = [
    { ...eras[0]!, until: { lsn: lsn(10), time: at(30) } },
    { lineage: 'ln-r', from: { lsn: lsn(10), time: at(30) } },
  ]
  assert.equal(eraOf(restored, { time: at(60) })?.lineage, 'ln-r')
  assert.equal(eraOf(restored, { lsn: lsn(9) })?.lineage, 'ln-a')
  assert.equal(eraOf(restored, { lsn: lsn(20) })?.lineage, 'ln-r')
})

/** `a1>ln-a:40>ln-b` : base, and the stretches with where each ends. */
function shown(plan: ReturnType<typeof planMoment>): string | null {
  if (!plan) return null
  const base = 'snapshot' in plan.base ? plan.base.snapshot.id : plan.base.template
  const wal = plan.wal.map(({ lineage, upTo }) =>
    upTo === null ? lineage : `${lineage}:${mb(formatLsn(upTo))}`,
  )
  return [base, ...wal].join('>')
}

test('the nearest snapshot before, and the WAL from there, through the lives in between', () => {
  for (const [target, expected] of [
    [{ time: at(10) }, 't>ln-a:40'],
    [{ time: at(50) }, 'a1>ln-a:40'],
    [{ time: at(99) }, 'a1>ln-a:40'],
    [{ time: at(120) }, 'a1>ln-a:40>ln-b:80'],
    [{ time: at(150) }, 'b1>ln-b:80'],
    [{ time: at(220) }, 'b1>ln-b:80>ln-c'],
    [{ time: at(300) }, 'c1>ln-c'],
    [{ lsn: lsn(10) }, 't>ln-a:10'],
    [{ lsn: lsn(20) }, 'a1>ln-a:20'],
    [{ lsn: lsn(50) }, 'a1>ln-a:40>ln-b:50'],
    [{ lsn: lsn(70) }, 'b1>ln-b:70'],
    [{ lsn: lsn(85) }, 'b1>ln-b:80>ln-c:85'],
    [{ lsn: lsn(1) }, null],
  ] as [Target, string | null][]) {
    assert.equal(
      shown(planMoment(keptOf(lineages, snapshots), eras, target)),
      expected,
      JSON.stringify(target),
    )
  }
})

test('what is damaged, or gone, is gone around; where nothing leads, there is no plan', () => {
  const damaged = snapshots.map(one => (one.id === 'b1' ? { ...one, damage: 'pg_xact/0000' } : one))
  assert.equal(shown(planMoment(keptOf(lineages, damaged), eras, { time: at(199) })), 'a1>ln-a:40>ln-b:80')
  const none = snapshots.map(one => ({ ...one, damage: 'all' }))
  assert.equal(shown(planMoment(keptOf(lineages, none), eras, { time: at(300) })), 't>ln-a:40>ln-b:80>ln-c')
  assert.equal(planMoment(keptOf(lineages, none, []), eras, { time: at(300) }), null)
  assert.equal(planMoment(keptOf(lineages.slice(1), [], ['t']), eras, { time: at(300) }), null)
  assert.equal(
    shown(planMoment(keptOf(lineages.slice(1), snapshots, []), eras, { time: at(199) })),
    'b1>ln-b:80',
  )
  const imported = [{ ...lineages[0]!, origin: null }, ...lineages.slice(1)]
  assert.equal(planMoment(keptOf(imported, []), eras, { time: at(10) }), null)
})

test('who begins at a moment has the life before it, up to there', () => {
  const moment = { lsn: lsn(60), time: at(150) }
  assert.deepEqual(erasUpTo(eras, eras[1]!, moment), [eras[0], { ...eras[1], until: moment }])
  assert.deepEqual(erasUpTo(eras, eras[0]!, moment), [{ ...eras[0], until: moment }])
})

test('a window reaches as far as it says, and no further than what is kept', () => {
  const from = (seconds: number) => start + BigInt(seconds) * 1_000_000n
  const all = keptOf(lineages, snapshots)
  assert.equal(earliestMoment(all, eras, from(-500)), at(0))
  assert.equal(earliestMoment(all, eras, from(70)), at(70))
  assert.equal(earliestMoment(all, eras, from(220)), at(220))
  assert.equal(earliestMoment(keptOf(lineages, snapshots, []), eras, from(10)), at(50))
  assert.equal(earliestMoment(keptOf(lineages, snapshots.slice(2), []), eras, from(10)), at(150))
  assert.equal(earliestMoment(keptOf(lineages, [], []), eras, from(10)), null)
})

const noSpacing = 0n

test('what no window reaches goes', () => {
  const kept = keptOf(lineages, snapshots)
  const now = start + 300_000_000n
  const need = (windowSeconds: number, spacing: Lsn = noSpacing) => {
    const { lineages } = needed(kept, [{ eras, windowSeconds, lineage: 'ln-c' }], now, spacing)
    return Object.fromEntries(
      [...lineages].map(([id, { walFrom, walUpTo, snapshots }]) => [
        id,
        {
          from: walFrom === null ? null : mb(formatLsn(walFrom)),
          upTo: walUpTo === null ? null : mb(formatLsn(walUpTo)),
          snapshots: [...snapshots],
        },
      ]),
    )
  }
  assert.deepEqual(need(1000), {
    'ln-c': { from: 80, upTo: null, snapshots: ['c1'] },
    'ln-a': { from: 2, upTo: 40, snapshots: ['a1'] },
    'ln-b': { from: 40, upTo: 80, snapshots: ['b1'] },
  })
  assert.deepEqual(need(190), {
    'ln-c': { from: 80, upTo: null, snapshots: ['c1'] },
    'ln-a': { from: 19, upTo: 40, snapshots: ['a1'] },
    'ln-b': { from: 40, upTo: 80, snapshots: ['b1'] },
  })
  assert.deepEqual(need(90), {
    'ln-c': { from: 80, upTo: null, snapshots: ['c1'] },
    'ln-b': { from: 59, upTo: 80, snapshots: ['b1'] },
  })
  assert.deepEqual(need(10), { 'ln-c': { from: 99, upTo: null, snapshots: ['c1'] } })
  assert.deepEqual(need(0), { 'ln-c': { from: null, upTo: null, snapshots: [] } })
})

test('snapshots that save no replay go, the first and the last do not', () => {
  const many = Array.from({ length: 20 }, (_, n) => snapshot('ln-a', `s${n}`, n * 10, 10 + n * 10))
  const kept = keptOf([lineages[0]!], many)
  const own: Era[] = [{ lineage: 'ln-a', from: { lsn: lsn(2), time: at(0) } }]
  const staying = (spacingMb: number) => [
    ...needed(
      kept,
      [{ eras: own, windowSeconds: 1000, lineage: 'ln-a' }],
      start + 500_000_000n,
      parseLsn(lsn(spacingMb)),
    ).lineages.get('ln-a')!.snapshots,
  ]
  assert.equal(staying(0).length, 20)
  const some = staying(40).map(id => Number(id.slice(1)))
  assert.equal(some[0], 0)
  assert.equal(some.at(-1), 19)
  for (const [index, id] of some.entries()) {
    if (index > 0) assert.ok((id - some[index - 1]!) * 10 <= 40, some.join(' '))
  }
  // No two neighbours could do without the one between them.
  for (let index = 2; index < some.length; index++) {
    assert.ok((some[index]! - some[index - 2]!) * 10 > 40, some.join(' '))
  }
})
