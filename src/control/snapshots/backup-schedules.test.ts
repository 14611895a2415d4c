import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueSlot, newestSlot } from './backup-schedules.ts'

// 2026-03-04 is a Wednesday.
const cases = [
  ['hourly', {}, '2026-03-04T10:59:59Z', '2026-03-04T10:00:00Z'],
  ['daily', { hour: 3 }, '2026-03-04T02:59:59Z', '2026-03-03T03:00:00Z'],
  ['daily', { hour: 3 }, '2026-03-04T03:00:00Z', '2026-03-04T03:00:00Z'],
  ['daily', {}, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['weekly', { day: 1 }, '2026-03-04T10:00:00Z', '2026-03-02T00:00:00Z'],
  ['weekly', { day: 3, hour: 11 }, '2026-03-04T10:00:00Z', '2026-02-25T11:00:00Z'],
  ['weekly', { day: 7 }, '2026-03-04T10:00:00Z', '2026-03-01T00:00:00Z'],
  ['weekly', { day: 7 }, '2026-03-01T10:00:00Z', '2026-03-01T00:00:00Z'],
  ['monthly', { day: 31, hour: 5 }, '2026-03-04T10:00:00Z', '2026-02-28T05:00:00Z'],
  ['monthly', { day: 31 }, '2026-03-31T00:00:00Z', '2026-03-31T00:00:00Z'],
  ['monthly', { day: 4 }, '2026-03-04T10:00:00Z', '2026-03-04T00:00:00Z'],
  ['monthly', { day: 15 }, '2026-01-04T10:00:00Z', '2025-12-15T00:00:00Z'],
  ['yearly', { month: 2, day: 29 }, '2026-02-28T00:00:00Z', '2026-02-28T00:00:00Z'],
  ['yearly', { month: 7 }, '2026-03-04T10:00:00Z', '2025-07-01T00:00:00Z'],
] as const

for (const [frequency, item, now, slot] of cases) {
  test(`${frequency} ${JSON.stringify(item)} at ${now}`, () => {
    assert.equal(
      newestSlot({ frequency, ...item }, new Date(now)).toISOString(),
      new Date(slot).toISOString(),
    )
  })
}

test('a slot is due once, and never one from before the schedule', () => {
  const item = { frequency: 'hourly' }
  const [before, slot] = [new Date('2026-03-04T09:30:00Z'), new Date('2026-03-04T10:00:00Z')]
  const now = new Date('2026-03-04T10:30:00Z')
  assert.deepEqual(dueSlot(item, { since: before, last_slots: {} }, now), slot)
  assert.equal(dueSlot(item, { since: slot, last_slots: {} }, now), undefined)
  const served = { hourly: slot.toISOString() }
  assert.equal(dueSlot(item, { since: before, last_slots: served }, now), undefined)
  assert.ok(dueSlot(item, { since: before, last_slots: served }, new Date('2026-03-04T11:00:00Z')))
})
