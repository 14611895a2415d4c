import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CliError } from './errors.ts'
import { historyWindow, isMoment, parseDuration, readExpiry, readMoment } from './moment.ts'

const now = Date.parse('2026-01-02T03:04:05.678Z')
const isUsage = (error: unknown) => error instanceof CliError && error.code === 'usage' && !!error.remedy

test('durations', () => {
  const cases: [string, number | undefined][] = [
    ['90s', 90],
    ['10m', 600],
    ['10 minutes', 600],
    ['1h30m', 5400],
    ['2 hours', 7200],
    ['1.5h', 5400],
    ['1d', 86_400],
    ['2 weeks', 1_209_600],
    ['10', undefined],
    ['m', undefined],
    ['10 months', undefined],
    ['-1h', undefined],
    ['', undefined],
  ]
  for (const [text, seconds] of cases) assert.equal(parseDuration(text), seconds, text)
})

describe('moments', () => {
  const cases: [string, object][] = [
    ['10m', { timestamp: '2026-01-02T02:54:05.678Z', isRelative: true }],
    ['10 minutes ago', { timestamp: '2026-01-02T02:54:05.678Z', isRelative: true }],
    ['1d ago', { timestamp: '2026-01-01T03:04:05.678Z', isRelative: true }],
    ['0/1DE2850', { lsn: '0/1DE2850', isRelative: false }],
    ['2026-01-01T10:00:00Z', { timestamp: '2026-01-01T10:00:00Z', isRelative: false }],
    ['2026-01-01T10:00:00+02:00', { timestamp: '2026-01-01T10:00:00+02:00', isRelative: false }],
    // As psql shows now(), and without seconds.
    ['2026-01-01 10:00:00.123456+00', { timestamp: '2026-01-01T10:00:00.123456+00:00', isRelative: false }],
    ['2026-01-01 10:00:00.5-0330', { timestamp: '2026-01-01T10:00:00.5-03:30', isRelative: false }],
    ['2026-01-01 10:00Z', { timestamp: '2026-01-01T10:00:00Z', isRelative: false }],
  ]
  for (const [text, moment] of cases) {
    test(text, () => {
      assert.deepEqual(readMoment(text, now), moment)
      assert.ok(isMoment(text))
    })
  }

  for (const text of [
    'yesterday',
    '2026-01-01',
    '10',
    '',
    '2026-13-01T10:00:00Z',
    '2026-01-01T10:00:00.1234567Z',
  ]) {
    test(`${text || 'nothing'} is none, and the error says what is`, () => {
      assert.throws(() => readMoment(text, now), isUsage)
    })
  }

  test('a time without a zone is asked for it', () => {
    assert.throws(
      () => readMoment('2026-01-01 10:00:00', now),
      (error: unknown) => isUsage(error) && /Z for UTC/.test((error as CliError).remedy ?? ''),
    )
  })
})

test('when something ends', () => {
  assert.equal(readExpiry('2h', now), '2026-01-02T05:04:05.678Z')
  assert.equal(readExpiry('2026-12-31T23:59:59Z', now), '2026-12-31T23:59:59Z')
  assert.equal(readExpiry('never', now), null)
  assert.throws(() => readExpiry('0s', now), isUsage)
  assert.throws(() => readExpiry('soon', now), isUsage)
})

test('how far back', () => {
  assert.equal(historyWindow('7d'), 604_800)
  assert.equal(historyWindow('0'), 0)
  assert.equal(historyWindow('off'), 0)
  for (const text of ['31d', '86400', 'x']) assert.throws(() => historyWindow(text), /up to 30d/)
})
