// Stories of families, made up at random: whatever thinning lets go, every moment of every window can still be opened.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom, seedOf } from '../../../lib/testing.ts'
import { type Lineage, withoutSegments } from './lineage.ts'
import { formatLsn, type Lsn, parseLsn, segmentBytes, segmentOf } from './lsn.ts'
import {
  type Era,
  earliestMoment,
  erasUpTo,
  formatTime,
  isNeeded,
  type Kept,
  type KeptSnapshot,
  microseconds,
  needed,
  type Plan,
  planMoment,
} from './moments.ts'

interface Line {
  lineage: Lineage
  /** How far its WAL had come at what time; the last one is its end. */
  points: { time: bigint; lsn: Lsn }[]
  archived: Set<bigint>
  snapshots: KeptSnapshot[]
}

interface Data {
  id: string
  eras: Era[]
  lineage: string
  windowSeconds: number
}

const windows = [0, 60, 600, 3_000, 20_000]
const spacing = 64n * 1024n * 1024n

class Story {
  readonly lines = new Map<string, Line>()
  data: Data[] = []
  now = microseconds('2026-01-01T00:00:00Z')
  readonly #random: () => number
  #serial = 0

  constructor(random: () => number) {
    this.#random = random
    const origin = { template: 't' }
    const lineage = this.#begin(origin, 2n * BigInt(segmentBytes) + 1_000n, 1)
    const { startLsn } = lineage
    this.data.push({
      ...{ id: 'first', lineage: lineage.id, windowSeconds: 3_000 },
      eras: [{ lineage: lineage.id, from: { lsn: startLsn, time: formatTime(this.now) } }],
    })
  }

  between(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from))
  }

  pick<T>(list: T[]): T | undefined {
    return list[this.between(0, list.length)]
  }

  get kept(): Kept {
    return {
      lineages: new Map([...this.lines].map(([id, { lineage }]) => [id, lineage])),
      snapshots: new Map([...this.lines].map(([id, { snapshots }]) => [id, snapshots])),
      hasTemplate: () => true,
    }
  }

  #begin(origin: Lineage['origin'], start: Lsn, timeline: number): Lineage {
    const id = `ln-${this.#serial++}`
    const startedAt = formatTime(this.now)
    const lineage = { id, family: 'ln-0', origin, startedAt, startLsn: formatLsn(start), timeline }
    const points = [{ time: this.now, lsn: start }]
    this.lines.set(id, { lineage, points, archived: new Set(), snapshots: [] })
    return lineage
  }

  endOf(lineage: string): Lsn {
    return this.lines.get(lineage)!.points.at(-1)!.lsn
  }

  /** Where a lineage was at a time. */
  placeAt(lineage: string, time: bigint): Lsn {
    const { points } = this.lines.get(lineage)!
    return (points.findLast(point => point.time <= time) ?? points[0]!).lsn
  }

  step(): void {
    this.now += BigInt(this.between(1, 200)) * 1_000_000n
    const data = this.pick(this.data)
    if (!data) return
    const what = this.between(0, 100)
    if (what < 45) this.#write(data)
    else if (what < 60) this.#snapshot(data)
    else if (what < 70) this.#branchNow(data)
    else if (what < 80) this.#branchThen(data)
    else if (what < 85) this.#remove(data)
    else if (what < 90) data.windowSeconds = this.pick(windows)!
    else if (what < 92) this.#damage(data)
    else this.thin()
  }

  #write(data: Data): void {
    const line = this.lines.get(data.lineage)!
    const before = this.endOf(data.lineage)
    const end = before + BigInt(this.between(1, 60_000_000))
    line.points.push({ time: this.now, lsn: end })
    const finished: bigint[] = []
    for (let segment = segmentOf(before); segment < segmentOf(end); segment++) finished.push(segment)
    if (data.windowSeconds > 0) for (const segment of finished) line.archived.add(segment)
    else line.lineage = withoutSegments(line.lineage, finished)
  }

  #snapshot(data: Data): void {
    if (data.windowSeconds === 0) return
    const line = this.lines.get(data.lineage)!
    const lsn = this.endOf(data.lineage)
    const { timeline, startLsn } = line.lineage
    const moment = { lsn: formatLsn(lsn), time: formatTime(this.now) }
    const begin = segmentOf(lsn) * BigInt(segmentBytes)
    const redo = formatLsn(begin > parseLsn(startLsn) ? begin : parseLsn(startLsn))
    line.snapshots.push({
      ...moment,
      ...{ id: `s-${this.#serial++}`, lineage: data.lineage, redo, timeline },
    })
  }

  #branchNow(parent: Data): void {
    if (this.data.length > 8) return
    const lsn = this.endOf(parent.lineage)
    const at = { lsn: formatLsn(lsn), time: formatTime(this.now) }
    const { timeline } = this.lines.get(parent.lineage)!.lineage
    const { id } = this.#begin({ lineage: parent.lineage, lsn: at.lsn }, lsn, timeline)
    this.#add(erasUpTo(parent.eras, parent.eras.at(-1)!, at), id, at)
  }

  /** As a new branch, or as the same one, restored. */
  #branchThen(parent: Data): void {
    const time = this.momentIn(parent)
    const plan = time === null ? null : planMoment(this.kept, parent.eras, { time: formatTime(time) })
    if (time === null || !plan) return
    const lsn = this.placeAt(plan.era.lineage, time)
    const at = { lsn: formatLsn(lsn), time: formatTime(time) }
    const timeline = plan.wal.at(-1)!.timeline + 1
    const { id } = this.#begin({ lineage: plan.era.lineage, lsn: at.lsn }, lsn, timeline)
    if (this.between(0, 2) === 0) this.#remove(parent)
    this.#add(erasUpTo(parent.eras, plan.era, at), id, at)
  }

  #add(before: Era[], lineage: string, from: Era['from']): void {
    const windowSeconds = this.pick(windows)!
    this.data.push({
      id: `d-${this.#serial++}`,
      lineage,
      windowSeconds,
      eras: [...before, { lineage, from }],
    })
  }

  #remove(data: Data): void {
    if (this.data.length === 1) return
    const line = this.lines.get(data.lineage)!
    const last = segmentOf(this.endOf(data.lineage))
    if (data.windowSeconds > 0) line.archived.add(last)
    else line.lineage = withoutSegments(line.lineage, [last])
    this.data = this.data.filter(other => other !== data)
  }

  #damage(data: Data): void {
    const snapshot = this.pick(this.lines.get(data.lineage)!.snapshots)
    if (snapshot) snapshot.damage = 'a bit'
  }

  /** As History.thin does it. */
  thin(): void {
    const need = needed(this.kept, this.data, this.now, spacing).lineages
    for (const [id, line] of this.lines) {
      const own = need.get(id)
      if (!own) {
        this.lines.delete(id)
        continue
      }
      line.snapshots = line.snapshots.filter(({ id }) => own.snapshots.has(id))
      const going = [...line.archived].filter(segment => !isNeeded(own, segment))
      for (const segment of going) line.archived.delete(segment)
      line.lineage = withoutSegments(line.lineage, going)
    }
  }

  /** A time in the window and the life of a piece of data. */
  momentIn({ windowSeconds, eras }: Data): bigint | null {
    if (windowSeconds === 0) return null
    const from = this.now - BigInt(windowSeconds) * 1_000_000n
    const begin = microseconds(eras[0]!.from.time)
    const first = begin > from ? begin : from
    return first + BigInt(Math.floor(this.#random() * Number(this.now - first + 1n)))
  }

  earliest({ eras, windowSeconds }: Data): bigint | null {
    const from = this.now - BigInt(windowSeconds) * 1_000_000n
    const earliest = windowSeconds === 0 ? null : earliestMoment(this.kept, eras, from)
    return earliest === null ? null : microseconds(earliest)
  }

  /** Whether all the WAL of a plan is there. */
  canReplay({ base, wal, era }: Plan, time: bigint): boolean {
    return wal.every((stretch, index) => {
      const line = this.lines.get(stretch.lineage)
      if (!line) return false
      const isWritten = this.data.some(({ lineage }) => lineage === stretch.lineage)
      const isFirst = index === 0 && 'snapshot' in base
      const start = parseLsn(isFirst && 'snapshot' in base ? base.snapshot.redo : line.lineage.startLsn)
      const end = index === wal.length - 1 ? this.placeAt(era.lineage, time) : stretch.upTo!
      for (let segment = segmentOf(start); segment <= segmentOf(end); segment++) {
        const isLive = isWritten && segment === segmentOf(this.endOf(stretch.lineage))
        if (!isLive && !line.archived.has(segment)) return false
      }
      return true
    })
  }
}

const seed = seedOf('PILOTLIGHT_TEST_SEED')
const stories = 60
const steps = 120

test(`thinning takes no moment from a window (seed ${seed})`, () => {
  let opened = 0
  for (let round = 0; round < stories; round++) {
    const random = seededRandom(seed + round)
    const story = new Story(random)
    for (let step = 0; step < steps; step++) {
      story.step()
      if (step % 4 > 0) continue
      const moments = story.data.flatMap(data =>
        Array.from({ length: 4 }, () => ({ data, time: story.momentIn(data) })),
      )
      const could = moments.map(({ data, time }) =>
        time === null ? null : planMoment(story.kept, data.eras, { time: formatTime(time) }),
      )
      const where = `round ${round}, step ${step}`
      for (const [index, plan] of could.entries()) {
        if (plan) assert.ok(story.canReplay(plan, moments[index]!.time!), `planned without WAL: ${where}`)
      }
      const earliest = story.data.map(data => story.earliest(data))
      story.thin()
      for (const [index, { data, time }] of moments.entries()) {
        if (time === null || !could[index]) continue
        const plan = planMoment(story.kept, data.eras, { time: formatTime(time) })
        assert.ok(plan, `gone: ${where}, ${data.id} at ${formatTime(time)}`)
        assert.ok(story.canReplay(plan, time), `WAL gone: ${where}, ${data.id} at ${formatTime(time)}`)
        opened++
      }
      for (const [index, data] of story.data.entries()) {
        assert.equal(story.earliest(data), earliest[index], `history begins elsewhere: ${where}, ${data.id}`)
      }
      for (const { data, time } of moments) {
        const from = story.earliest(data)
        if (time === null || from === null || time < from) continue
        const told = `${where}, ${data.id} at ${formatTime(time)}, from ${formatTime(from)}`
        assert.ok(planMoment(story.kept, data.eras, { time: formatTime(time) }), `promised: ${told}`)
      }
    }
  }
  assert.ok(opened > stories * 10, `${opened} moments were planned: the stories are too poor`)
})

test('gaps that touch are one', () => {
  const segment = (n: bigint) => formatLsn(n * BigInt(segmentBytes))
  const lineage: Lineage = {
    ...{ id: 'ln-a', family: 'ln-a', origin: null, startedAt: '', startLsn: '0/0', timeline: 1 },
  }
  const gone = withoutSegments(withoutSegments(lineage, [5n, 1n, 2n]), [3n, 9n, 1n])
  assert.deepEqual(gone.gaps, [
    { from: segment(1n), upTo: segment(4n) },
    { from: segment(5n), upTo: segment(6n) },
    { from: segment(9n), upTo: segment(10n) },
  ])
})
