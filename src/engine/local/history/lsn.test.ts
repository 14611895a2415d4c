import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatLsn,
  historyName,
  isHistoryName,
  offsetInSegment,
  parseLsn,
  parseSegmentName,
  segmentBytes,
  segmentName,
  segmentOf,
  segmentStart,
} from './lsn.ts'

test('an LSN is read and written as Postgres does it', () => {
  for (const [text, lsn] of [
    ['0/0', 0n],
    ['0/1A2B3C4', 0x1a2b3c4n],
    ['1/0', 0x1_0000_0000n],
    ['FFFFFFFF/FFFFFFFF', 0xffff_ffff_ffff_ffffn],
  ] as const) {
    assert.equal(parseLsn(text), lsn)
    assert.equal(formatLsn(lsn), text)
  }
  assert.equal(parseLsn('00000001/0000000a'), 0x1_0000_000an)
  for (const text of ['', '/', '0', '0/', '/0', '0/G', '0/123456789', ' 0/1', '0/1\n', '-1/0', '0x1/0']) {
    assert.throws(() => parseLsn(text), { code: 'invalid' }, JSON.stringify(text))
  }
})

test('segments have the names that pg_walfile_name gives them', () => {
  for (const [timeline, lsn, name] of [
    [1, '0/0', '000000010000000000000000'],
    [1, '0/1000000', '000000010000000000000001'],
    [1, '0/FFFFFFFF', '0000000100000000000000FF'],
    [2, '1/0', '000000020000000100000000'],
    [0xabcdef01, 'FFFFFFFF/FFFFFFFF', 'ABCDEF01FFFFFFFF000000FF'],
  ] as const) {
    const segment = segmentOf(parseLsn(lsn))
    assert.equal(segmentName(timeline, segment), name)
    assert.deepEqual(parseSegmentName(name), { timeline, segment })
  }
  for (const name of [
    '00000001000000000000000',
    '000000010000000000000001.partial',
    '000000010000000000000001.00000028.backup',
    '00000002.history',
    '00000001000000000000000g',
    'archive_status',
  ]) {
    assert.equal(parseSegmentName(name), null, name)
  }
})

test('names are in the order of the WAL', () => {
  const names = [0n, 1n, 255n, 256n, 257n, 65_536n].map(segment => segmentName(1, segment))
  assert.deepEqual(names.toSorted(), names)
})

test('a place is its segment’s start and an offset', () => {
  for (const text of ['0/0', '0/FFFFFF', '0/1000000', '7/89ABCDEF']) {
    const lsn = parseLsn(text)
    assert.equal(segmentStart(segmentOf(lsn)) + BigInt(offsetInSegment(lsn)), lsn)
    assert.ok(offsetInSegment(lsn) < segmentBytes)
  }
})

test('a timeline’s history file', () => {
  assert.equal(historyName(2), '00000002.history')
  assert.equal(historyName(0xff), '000000FF.history')
  assert.ok(isHistoryName(historyName(12)))
  for (const name of ['2.history', '00000002.history.tmp', '00000002', '000000020000000000000001']) {
    assert.ok(!isHistoryName(name), name)
  }
})
