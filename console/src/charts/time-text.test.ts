import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { pointText, tickText } from './time-text.ts'

const { TZ } = process.env
beforeEach(() => {
  process.env.TZ = 'America/New_York'
})
afterEach(() => {
  if (TZ === undefined) delete process.env.TZ
  else process.env.TZ = TZ
})

test('a point is told by the clock of the reader, a day by that of UTC, by which it is counted', () => {
  const at = Date.UTC(2026, 10, 25)
  assert.equal(pointText(at, 1000), 'Nov 24, 19:00:00')
  assert.equal(pointText(at, 3_600_000), 'Nov 24, 19:00')
  assert.equal(pointText(at, 86_400_000), 'Nov 25')
})

test('an axis has the time of day, and the day at its beginning', () => {
  assert.equal(tickText(Date.UTC(2026, 10, 25), 3_600_000), '19:00')
  assert.equal(tickText(Date.UTC(2026, 10, 25, 5), 3_600_000), 'Nov 25')
  assert.equal(tickText(Date.UTC(2026, 10, 25), 7 * 86_400_000), 'Nov 24')
})
