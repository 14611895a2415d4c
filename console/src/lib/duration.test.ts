import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationMsText, durationText } from './duration.ts'

test('durations are told in the largest unit that fits', () => {
  assert.equal(durationText(60), '1 minute')
  assert.equal(durationText(90), '90 seconds')
  assert.equal(durationText(7200), '2 hours')
  assert.equal(durationText(2_592_000), '30 days')
  assert.equal(durationText(0), '0 seconds')
})

test('short durations are told as they are', () => {
  assert.equal(durationMsText(350), '350 ms')
  assert.equal(durationMsText(1240), '1.2 s')
  assert.equal(durationMsText(200_500), '3 min 20 s')
})
