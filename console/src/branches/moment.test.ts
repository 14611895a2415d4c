import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ChosenMoment,
  historyWindow,
  likelyMoment,
  momentProblem,
  momentShortcuts,
  momentWords,
} from './moment.ts'

const nowMs = Date.UTC(2026, 10, 25, 18, 40, 12, 700)
const window = historyWindow('2026-11-25T18:00:00.250Z', nowMs)
const at = (timeMs: number | undefined): ChosenMoment => ({ kind: 'time', timeMs, lsn: '' })
const lsn = (text: string): ChosenMoment => ({ kind: 'lsn', timeMs: undefined, lsn: text })

test('the window has whole seconds, all of which can be had', () => {
  assert.equal(new Date(window.fromMs!).toISOString(), '2026-11-25T18:00:01.000Z')
  assert.equal(new Date(window.untilMs).toISOString(), '2026-11-25T18:40:12.000Z')
  assert.equal(momentProblem(at(window.fromMs), window), undefined)
  assert.equal(momentProblem(at(window.untilMs), window), undefined)
})

test('outside of it is none', () => {
  assert.match(momentProblem(at(window.fromMs! - 1000), window)!, /begins/)
  assert.match(momentProblem(at(window.untilMs + 1000), window)!, /not happened/)
  assert.match(momentProblem(at(undefined), window)!, /Choose/)
  assert.match(momentProblem(at(nowMs), undefined)!, /being read/)
  assert.match(momentProblem(at(nowMs), historyWindow(undefined, nowMs))!, /no past/)
})

test('what is offered first lies in it', () => {
  assert.equal(likelyMoment(window), window.untilMs - 300_000)
  const young = historyWindow('2026-11-25T18:39:00Z', nowMs)
  assert.equal(likelyMoment(young), young.fromMs)
})

test('a history that begins within this second is none yet', () => {
  const empty = historyWindow(new Date(nowMs - 100).toISOString(), nowMs)
  assert.deepEqual(empty, { fromMs: undefined, untilMs: window.untilMs })
  assert.deepEqual(momentShortcuts(empty, []), [])
})

test('shortcuts are those that lie in it, and the moment before the last change', () => {
  const change = { text: 'Delete data', atMs: Date.UTC(2026, 10, 25, 18, 30, 5, 200) }
  assert.deepEqual(
    momentShortcuts(window, [change]).map(({ text, timeMs }) => [text, new Date(timeMs).toISOString()]),
    [
      ['1 minute ago', '2026-11-25T18:39:12.000Z'],
      ['10 minutes ago', '2026-11-25T18:30:12.000Z'],
      ['Before “Delete data”', '2026-11-25T18:30:05.000Z'],
      ['The beginning', '2026-11-25T18:00:01.000Z'],
    ],
  )
  const whole = { ...change, atMs: Date.UTC(2026, 10, 25, 18, 30, 5) }
  assert.equal(momentShortcuts(window, [whole])[2]?.timeMs, whole.atMs - 1000)
  const old = { ...change, atMs: window.fromMs! - 60_000 }
  assert.equal(momentShortcuts(window, [old]).length, 3)
})

test('LSNs are written as Postgres does', () => {
  assert.equal(momentProblem(lsn('0/1DE2850'), window), undefined)
  assert.match(momentProblem(lsn('1DE2850'), window)!, /0\/1DE2850/)
})

test('the API is told one of the two', () => {
  assert.deepEqual(momentWords(at(window.fromMs)), { time: '2026-11-25T18:00:01.000Z' })
  assert.deepEqual(momentWords(lsn('0/1')), { lsn: '0/1' })
  assert.deepEqual(momentWords({ kind: 'now', timeMs: nowMs, lsn: '0/1' }), {})
})
