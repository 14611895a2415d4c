import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf, scheduleOf, scheduleText } from './schedule.ts'

const schedule = [
  { frequency: 'daily', hour: 3, retention_seconds: 604_800 },
  { frequency: 'yearly', hour: 0, day: 31, month: 12 },
]

test('what the API gives comes back as it was', () => {
  assert.deepEqual(scheduleOf(rowsOf(schedule)), schedule)
  assert.deepEqual(scheduleOf(rowsOf([])), [])
})

test('a schedule is told in words', () => {
  const texts = rowsOf([...schedule, { frequency: 'weekly', hour: 12, day: 7, retention_seconds: 86_400 }])
    .filter(({ isOn }) => isOn)
    .map(scheduleText)
  assert.deepEqual(texts, [
    'Every day at 03:00 UTC, kept for 7 days',
    'Every week on Sunday at 12:00 UTC, kept for 1 day',
    'Every year on day 31 of December at 00:00 UTC, kept until deleted',
  ])
})
