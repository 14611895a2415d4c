import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Control } from '../control/index.ts'
import { silentLogger } from '../lib/logger.ts'
import { createProxyDoor } from './proxy-door.ts'

test('for whom a compute is woken is handed on, as far as the proxy says', async () => {
  const woken: unknown[] = []
  const access = { wake: async (...args: unknown[]) => void woken.push(args) }
  const door = createProxyDoor({ access } as unknown as Control, silentLogger)
  const ask = async (more: Record<string, string>) => {
    const query = new URLSearchParams({ endpointish: 'ep-a', session_id: '', ...more })
    assert.equal((await door.request(`/wake_compute?${query}`)).status, 200)
  }
  const client = { role: 'ada', database: 'shop', address: '192.0.2.1' }
  await ask({ role: 'ada', database: 'shop', client_address: '192.0.2.1', client_application: 'cron & co' })
  await ask({ role: 'ada', database: 'shop', client_address: '192.0.2.1' })
  // As Neon's own proxy asks.
  await ask({ application_name: 'pilotlight/tcp', 'options[lsn]': '0/16B3748' })
  assert.deepEqual(woken, [
    ['ep-a', null, { ...client, application: 'cron & co' }],
    ['ep-a', null, client],
    ['ep-a', { lsn: '0/16B3748' }, {}],
  ])
})
