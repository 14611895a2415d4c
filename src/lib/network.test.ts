import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNetwork } from './network.ts'

test('networks', () => {
  assert.deepEqual(parseNetwork('10.0.0.0/8'), { address: '10.0.0.0', prefix: 8, family: 'ipv4' })
  assert.deepEqual(parseNetwork('::1'), { address: '::1', prefix: 128, family: 'ipv6' })
  for (const text of ['', 'proxy', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0/8', 'fe80::1%eth0'])
    assert.equal(parseNetwork(text), undefined, text)
})
