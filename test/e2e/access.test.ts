// Keys, limits and the audit log on the real program: what the command line makes, the API heeds.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { contractFetch } from '../fixtures/contract.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'

const perMinute = 30

let pilotlight: Pilotlight
before(async () => {
  pilotlight = await Pilotlight.start({ flags: ['--api-rate-limit', String(perMinute)] })
})
after(() => pilotlight.stop())

const get = (path: string, key: string) =>
  contractFetch(`${pilotlight.run.apiUrl}/api/v2${path}`, { headers: { Authorization: `Bearer ${key}` } })

test('a key, its last use, its limit, its end, and what the audit log says of it', async () => {
  const { api } = pilotlight
  const { data: made } = await api.createApiKey({ key_name: 'visitor' })
  const first = await get('/projects', made.key)
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('Cache-Control'), 'no-store')
  const { data: listed } = await api.listApiKeys()
  assert.match(listed.find(({ id }) => id === made.id)?.last_used_from_addr ?? '', /^(127\.0\.0\.1|::1)$/)

  const statuses: number[] = []
  let waiting: Response | undefined
  for (let n = 0; n < perMinute + 5; n++) {
    const response = await get('/projects', made.key)
    statuses.push(response.status)
    if (response.status === 429) waiting = response
  }
  assert.deepEqual(
    statuses.slice(0, perMinute - 1).filter(status => status !== 200),
    [],
  )
  assert.ok(waiting, 'the limit was met')
  const seconds = Number(waiting.headers.get('Retry-After'))
  assert.ok(Number.isInteger(seconds) && seconds >= 1, String(seconds))
  // The limit is that key's own.
  assert.equal((await get('/projects', pilotlight.apiKey)).status, 200)

  assert.equal((await api.revokeApiKey(made.id)).data.revoked, true)
  assert.equal((await get('/projects', made.key)).status, 401)

  const log = await get('/pilotlight/audit', pilotlight.apiKey)
  const { entries } = (await log.json()) as {
    entries: { operation_id: string; key_name: string; status: number; ids: Record<string, string> }[]
  }
  assert.deepEqual(
    entries.map(({ operation_id, key_name, status, ids }) => [operation_id, key_name, status, ids.key_id]),
    [
      ['revokeApiKey', 'first key', 200, String(made.id)],
      ['createApiKey', 'first key', 200, String(made.id)],
      // The one that `up` printed.
      ['createConsoleLink', 'first key', 201, undefined],
    ],
  )
})
