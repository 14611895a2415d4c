import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededInteger } from './testing.ts'
import { dayMs, frameEnd, frameStart, framesWithin, grains, hourMs, hourPieces } from './time-frames.ts'

const at = (text: string): number => Date.parse(text)

for (const [grain, moment, start, end] of [
  ['hour', '2026-03-31T23:59:59.999Z', '2026-03-31T23:00:00Z', '2026-04-01T00:00:00Z'],
  ['hour', '2026-04-01T00:00:00Z', '2026-04-01T00:00:00Z', '2026-04-01T01:00:00Z'],
  ['day', '2026-02-28T12:00:00Z', '2026-02-28T00:00:00Z', '2026-03-01T00:00:00Z'],
  ['day', '2028-02-28T12:00:00Z', '2028-02-28T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['month', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['month', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
] as const) {
  test(`the ${grain} of ${moment}`, () => {
    assert.equal(frameStart(grain, at(moment)), at(start))
    assert.equal(frameEnd(grain, at(moment)), at(end))
  })
}

test('a stretch over an edge is split there', () => {
  assert.deepEqual(hourPieces(at('2026-01-31T23:59:30Z'), at('2026-02-01T01:00:10Z')), [
    { start: at('2026-01-31T23:00:00Z'), ms: 30_000 },
    { start: at('2026-02-01T00:00:00Z'), ms: hourMs },
    { start: at('2026-02-01T01:00:00Z'), ms: 10_000 },
  ])
  assert.deepEqual(hourPieces(5, 5), [])
  assert.deepEqual(hourPieces(6, 5), [])
})

test('frames within: neither the one that ends at the beginning, nor the one that begins at the end', () => {
  const [from, to] = [at('2026-01-31T00:00:00Z'), at('2026-02-02T00:00:00Z')]
  assert.deepEqual(framesWithin('day', from, to), [from, from + dayMs])
  assert.deepEqual(framesWithin('month', from, to), [at('2026-01-01T00:00:00Z'), at('2026-02-01T00:00:00Z')])
  assert.deepEqual(framesWithin('hour', from, from), [])
})

test('property: pieces are as long as the whole, each within its hour, and frames follow each other', () => {
  const random = seededInteger(7)
  for (let round = 0; round < 500; round++) {
    const from = at('2024-01-01T00:00:00Z') + random(2_000_000_000)
    const to = from + random(400_000_000)
    const pieces = hourPieces(from, to)
    assert.equal(
      pieces.reduce((sum, { ms }) => sum + ms, 0),
      to - from,
    )
    for (const { start, ms } of pieces) assert.ok(start % hourMs === 0 && ms > 0 && ms <= hourMs)
    for (const grain of grains) {
      const starts = framesWithin(grain, from, to)
      starts.forEach((start, index) => {
        assert.equal(frameStart(grain, frameEnd(grain, start) - 1), start)
        if (index > 0) assert.equal(frameEnd(grain, starts[index - 1]!), start)
      })
    }
  }
})
