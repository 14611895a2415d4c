import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import { clientAddress, originalAddress, TrustedProxies } from './client-address.ts'

const trusted = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'])

const cases: [string, string, string | undefined, string][] = [
  ['no header', '192.0.2.1', undefined, '192.0.2.1'],
  ['a stranger’s header is a claim', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ['a trusted proxy says for whom it asks', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['what the client wrote itself is not reached', '127.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['two trusted proxies', '127.0.0.1', '203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ['all of them trusted', '127.0.0.1', '10.9.9.9, 10.1.2.3', '10.9.9.9'],
  ['IPv6', '2001:db8::1', '2001:db9::7', '2001:db9::7'],
  ['IPv6 with a port', '127.0.0.1', '[2001:db9::7]:4711', '2001:db9::7'],
  ['IPv4 with a port', '127.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
  ['an IPv4 peer in IPv6 clothes', '::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['what is no address', '127.0.0.1', 'unknown', '127.0.0.1'],
  ['an empty header', '127.0.0.1', '', '127.0.0.1'],
  ['a trusted proxy without the header', '10.1.2.3', undefined, '10.1.2.3'],
]
for (const [name, peer, header, expected] of cases) {
  test(name, () => assert.equal(originalAddress(peer, header, trusted), expected))
}

test('nobody is trusted unless named', () => {
  assert.equal(originalAddress('127.0.0.1', '203.0.113.9', new TrustedProxies()), '127.0.0.1')
})

test('the peer is the connection’s; without one it is empty', async () => {
  const app = new Hono().get('/', c => c.text(clientAddress(c, trusted)))
  const headers = { 'X-Forwarded-For': '203.0.113.9' }
  const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
  assert.equal(await (await app.request('/', { headers }, env)).text(), '203.0.113.9')
  assert.equal(await (await app.request('/', { headers })).text(), '')
})

test('what is no address cannot be trusted', () => {
  assert.throws(() => new TrustedProxies(['nginx']), /"nginx" is no IP address/)
})
