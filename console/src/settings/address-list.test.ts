import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entriesOf, isAddressEntry, lets } from './address-list.ts'

test('an entry is an address, a network or a range', () => {
  for (const entry of ['203.0.113.7', '10.0.0.0/8', '203.0.113.1-203.0.113.9', '::1', '2001:db8::/32'])
    assert.ok(isAddressEntry(entry), entry)
  for (const entry of ['256.1.1.1', '1.2.3', '10.0.0.0/33', '10.0.0.9-10.0.0.1', 'example.com', '1::2::3'])
    assert.ok(!isAddressEntry(entry), entry)
})

test('a list lets in whom one of its entries names', () => {
  assert.ok(lets(['10.0.0.1', '203.0.113.0/24'], '203.0.113.200'))
  assert.ok(!lets(['10.0.0.1', '203.0.113.0/24'], '127.0.0.1'))
  assert.ok(lets(['2001:db8::/32'], '2001:db8:ffff::1'))
  assert.ok(!lets(['0.0.0.0/0'], '::1'))
  assert.ok(lets([], '203.0.113.7'))
})

test('entries stand on lines or between commas', () => {
  assert.deepEqual(entriesOf(' 10.0.0.1, 10.0.0.2\n\n10.0.0.0/8 \n'), ['10.0.0.1', '10.0.0.2', '10.0.0.0/8'])
})
