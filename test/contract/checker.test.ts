// The checker itself: what it lets pass, and that it sees each way of breaking the contract.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ContractChecker, type Reply } from '../fixtures/contract.ts'
import { neonContract } from '../fixtures/contract-document.ts'

const options = { leaveOut: ['/pilotlight/'], fields: [] }

const region = { region_id: 'local', name: 'here', default: true, geo_lat: '0', geo_long: '0' }

const regions = (body: unknown, rest: Partial<Reply> = {}): Reply => ({
  method: 'GET',
  path: '/api/v2/regions',
  status: 200,
  contentType: 'application/json',
  requestId: 'r1',
  body,
  ...rest,
})

const operation = {
  id: '00000000-0000-4000-8000-000000000000',
  project_id: 'p',
  action: 'start_compute',
  status: 'finished',
  failures_count: 0,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  total_duration_ms: 1,
}
const operations = (changes: object): Reply => ({
  ...regions({ operations: [{ ...operation, ...changes }] }),
  path: '/api/v2/projects/p/operations?limit=1',
})
const error = { request_id: 'r1', code: '', message: 'no' }

const kept: [string, Reply][] = [
  ['a body that fits', regions({ regions: [region] })],
  ['a list of a schema made of several', operations({})],
  ['an error', regions(error, { status: 404 })],
  ['204 where it is documented', deletion('')],
  ['a path of ours', regions({ anything: 1 }, { path: '/api/v2/pilotlight/machine' })],
  ['what is not below the base', regions('ok', { path: '/healthz', requestId: undefined })],
]

function deletion(body: unknown): Reply {
  return regions(body, { method: 'DELETE', path: '/api/v2/projects/p/branches/b', status: 204 })
}

const broken: [string, Reply, RegExp][] = [
  ['a missing field', regions({ regions: [{ ...region, name: undefined }] }), /required property 'name'/],
  ['a wrong type', regions({ regions: [{ ...region, default: 'yes' }] }), /must be boolean/],
  ['an unlisted field', regions({ regions: [region], more: 1 }), /does not have: more/],
  [
    'an unlisted field deep inside',
    regions({ regions: [{ ...region, x: 1 }] }),
    /does not have: regions\[\]\.x/,
  ],
  ['a word that is none of an enum', operations({ status: 'done' }), /allowed values/],
  ['a time that is none', operations({ created_at: 'yesterday' }), /date-time/],
  ['a null where none may be', operations({ error: null }), /must be string/],
  ['a status without a place', regions({ regions: [] }, { status: 201 }), /no such status/],
  ['a path without a place', regions({}, { path: '/api/v2/nothing' }), /no operation/],
  ['an error without a message', regions({ request_id: 'r1', code: '' }, { status: 500 }), /'message'/],
  ['an error of another request', regions({ ...error, request_id: 'r2' }, { status: 400 }), /request_id/],
  ['a body where none may be', deletion({}), /none is documented/],
  ['no request id', regions({ regions: [] }, { requestId: undefined }), /X-Request-ID/],
  ['no body', regions(''), /no body/],
  ['another type of content', regions({ regions: [] }, { contentType: 'text/plain' }), /text\/plain/],
]

for (const [name, reply] of kept) {
  test(`${name} is let pass`, () => new ContractChecker(neonContract, options).check(reply))
}

for (const [name, reply, message] of broken) {
  test(`${name} is seen`, () => {
    const checker = new ContractChecker(neonContract, options)
    assert.throws(() => checker.check(JSON.parse(JSON.stringify(reply)) as Reply), message)
    assert.equal(checker.violations.length, 1)
  })
}

test('every schema of a reply can be compiled', () => {
  const checker = new ContractChecker(neonContract, options)
  for (const { path, method, schemas } of neonContract.operations) {
    for (const [status, schema] of schemas) {
      if (schema === undefined || status === 'default') continue
      const reply = regions({}, { method, path: `/api/v2${path}`, status: Number(status) })
      try {
        checker.check(reply)
      } catch (thrown) {
        assert.equal((thrown as Error).name, 'ContractViolation', `${method} ${path}: ${thrown}`)
      }
    }
  }
  // The others answer without a body, when all goes well.
  assert.equal(checker.seen.size, 148)
})
