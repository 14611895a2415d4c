import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PilotlightError } from './errors.ts'
import { momentText, readMoment } from './moment.ts'

const spellings: [given: Parameters<typeof readMoment>[0], text: string][] = [
  [{ lsn: '0/1A2B3C4' }, 'lsn:0/1A2B3C4'],
  [{ lsn: '00/01a2b3c4' }, 'lsn:0/1A2B3C4'],
  [{ lsn: 'FFFFFFFF/FFFFFFFF' }, 'lsn:FFFFFFFF/FFFFFFFF'],
  [{ timestamp: '2026-11-25T10:00:00Z' }, 'timestamp:2026-11-25T10:00:00Z'],
  [{ timestamp: '2026-11-25T10:00:00.000Z' }, 'timestamp:2026-11-25T10:00:00Z'],
  [{ timestamp: '2026-11-25T12:00:00.120+02:00' }, 'timestamp:2026-11-25T10:00:00.12Z'],
  [{ timestamp: '2026-11-25T10:00:00.123456Z' }, 'timestamp:2026-11-25T10:00:00.123456Z'],
  [{ timestamp: '2026-11-25T00:30:00-01:00' }, 'timestamp:2026-11-25T01:30:00Z'],
]
for (const [given, text] of spellings) {
  test(`${JSON.stringify(given)} is ${text}`, () => {
    const moment = readMoment(given)
    assert.equal(moment && momentText(moment), text)
  })
}

test('nothing given is no moment', () => {
  assert.equal(readMoment({}), null)
  assert.equal(readMoment({ lsn: undefined, timestamp: undefined }), null)
})

const refused: [given: Parameters<typeof readMoment>[0], code: string, text: RegExp][] = [
  [{ lsn: '0/1', timestamp: '2026-11-25T10:00:00Z' }, 'moment_ambiguous', /same time/],
  [{ lsn: '' }, 'moment_invalid', /must be an LSN/],
  [{ lsn: '1A2B3C4' }, 'moment_invalid', /'1A2B3C4' must be an LSN/],
  [{ lsn: '0/123456789' }, 'moment_invalid', /must be an LSN/],
  [{ lsn: '0/1; drop' }, 'moment_invalid', /must be an LSN/],
  [{ timestamp: '' }, 'moment_invalid', /RFC 3339/],
  [{ timestamp: 'yesterday' }, 'moment_invalid', /'yesterday' must be an RFC 3339 timestamp/],
  [{ timestamp: '2026-11-25' }, 'moment_invalid', /RFC 3339/],
  [{ timestamp: '2026-02-30T10:00:00Z' }, 'moment_invalid', /RFC 3339/],
  [{ timestamp: '2026-11-25T10:00:00' }, 'moment_invalid', /RFC 3339/],
  [{ timestamp: '2026-11-25T10:00:00.1234567Z' }, 'moment_invalid', /microsecond/],
]
for (const [given, code, text] of refused) {
  test(`${JSON.stringify(given)} is refused`, () => {
    assert.throws(
      () => readMoment(given),
      error => error instanceof PilotlightError && error.code === code && text.test(error.message),
    )
  })
}
