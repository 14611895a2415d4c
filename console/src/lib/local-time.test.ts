import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLocalInput, toLocalInput, utcText } from './local-time.ts'

test('to the field and back is the same second', () => {
  const ms = Date.UTC(2026, 2, 29, 12, 30, 5)
  assert.equal(fromLocalInput(toLocalInput(ms)), ms)
  assert.equal(fromLocalInput(toLocalInput(ms + 400)), ms)
})

test('what is no time is none', () => {
  assert.equal(fromLocalInput(''), undefined)
  assert.equal(fromLocalInput('yesterday'), undefined)
})

test('without seconds, as browsers leave them out', () => {
  const ms = Date.UTC(2026, 2, 29, 12, 30)
  assert.equal(fromLocalInput(toLocalInput(ms).slice(0, 16)), ms)
})

test('for everybody', () => {
  assert.equal(utcText(Date.UTC(2026, 10, 25, 18, 40, 12)), '2026-11-25 18:40:12 UTC')
})
