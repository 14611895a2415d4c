import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAllowed, isAllowListEntry, isPrivateAddress } from './allow-list.ts'

test('who is on the list may come', () => {
  const table: [list: string[], address: string, allowed: boolean][] = [
    [[], '203.0.113.7', true],
    [['203.0.113.7'], '203.0.113.7', true],
    [['203.0.113.7'], '203.0.113.8', false],
    [['203.0.113.7', '198.51.100.0/24'], '198.51.100.255', true],
    [['198.51.100.0/24'], '198.51.101.0', false],
    [['0.0.0.0/0'], '203.0.113.7', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['10.0.0.5-10.0.0.9'], '10.0.0.5', true],
    [['10.0.0.5 - 10.0.0.9'], '10.0.0.9', true],
    [['10.0.0.5-10.0.0.9'], '10.0.0.10', false],
    [['10.0.0.255-10.0.2.0'], '10.0.1.77', true],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['2001:db8::1-2001:db8::ff'], '2001:db8::80', true],
    [['2001:DB8:0:0::1'], '2001:db8::1', true],
    [['203.0.113.7'], '::ffff:203.0.113.7', true],
    [['203.0.113.0/24'], '::FFFF:203.0.114.1', false],
    [['fe80::1'], 'fe80::1%eth0', true],
    // What names nothing lets nobody in: a list with a slip in it is no open door.
    [['example.com'], '203.0.113.7', false],
    [['203.0.113.7'], 'unknown', false],
    [['203.0.113.7'], '', false],
  ]
  for (const [list, address, allowed] of table) {
    assert.equal(isAllowed(list, address), allowed, `${list} ${address}`)
  }
})

test('what names nothing is no entry', () => {
  for (const entry of [
    '1.2.3.4',
    ' 1.2.3.4 ',
    '1.2.3.0/24',
    '1.2.3.4-1.2.3.9',
    '::1',
    '2001:db8::/32',
    '::1-::9',
  ]) {
    assert.ok(isAllowListEntry(entry), entry)
  }
  for (const entry of [
    ...['', 'x', '1.2.3', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/', '1.2.3.4-', '-1.2.3.4', '1.2.3.9-1.2.3.4'],
    ...['1.2.3.4-::1', '1.2.3.4-1.2.3.5-1.2.3.6', '::1/129', 'fe80::1%eth0', '1.2.3.4,1.2.3.5', '01.2.3.4'],
  ]) {
    assert.equal(isAllowListEntry(entry), false, entry)
  }
})

test('private addresses are told from public ones', () => {
  for (const address of [
    '127.0.0.2',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
  ]) {
    assert.ok(isPrivateAddress(address), address)
  }
  for (const address of [
    '172.32.0.1',
    '203.0.113.7',
    '8.8.8.8',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    'unknown',
  ]) {
    assert.equal(isPrivateAddress(address), false, address)
  }
})
