import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  endpointFromPassword,
  endpointFromServerName,
  endpointOption,
  isEndpointId,
  nameEndpoint,
  neonOptions,
  serverOptions,
  splitOptions,
} from './index.ts'

const rows: [options: string, endpoint: string | null, forwarded: string | null][] = [
  ['', null, null],
  ['endpoint=ep-a', 'ep-a', null],
  ['project=ep-a', 'ep-a', null],
  ['  endpoint=ep-a\t-c geqo=off ', 'ep-a', '-c geqo=off'],
  ['endpoint=ep-a endpoint=ep-a', null, null],
  ['endpoint=ep-a project=ep-b', null, null],
  ['-c endpoint=ep-a', 'ep-a', '-c'],
  ['--endpoint=ep-a', null, '--endpoint=ep-a'],
  ['neon.endpoint=ep-a', null, 'neon.endpoint=ep-a'],
  ['endpoint=', '', null],
  ['endpoint=ep-a -c search_path=a\\ b', 'ep-a', '-c search_path=a\\ b'],
  ['-c x=\\ endpoint=ep-a', null, '-c x=\\ endpoint=ep-a'],
  ['neon_query_id:abc -c geqo=off neon_lsn:0/2', null, '-c geqo=off'],
  ['neon_query_id: -c a=b', null, 'neon_query_id: -c a=b'],
  ['trailing\\', null, 'trailing\\'],
]
for (const [options, endpoint, forwarded] of rows)
  test(`options ${JSON.stringify(options)}`, () => {
    assert.equal(endpointOption(options), endpoint)
    assert.equal(serverOptions(options), forwarded)
  })

test('escaped white space does not split', () => {
  assert.deepEqual(splitOptions('a\\ b  c\\\\ d'), ['a\\ b', 'c\\\\', 'd'])
})

test('neon options by name', () => {
  assert.deepEqual(
    neonOptions('neon_proxy_params_compat:true neon_query_id:a:b other'),
    new Map([
      ['proxy_params_compat', 'true'],
      ['query_id', 'a:b'],
    ]),
  )
})

const serverNames: [string, string | null][] = [
  ['ep-a.local.localhost', 'ep-a'],
  ['ep-a-pooler.local.localhost', 'ep-a-pooler'],
  ['EP-A.Local.LOCALHOST', 'ep-a'],
  ['a.ep-a.local.localhost', null],
  ['local.localhost', null],
  ['localhost', null],
  ['.local.localhost', null],
  ['api.local.localhost', null],
  ['apiauth.local.localhost', null],
  ['ep-a.example.org', null],
]
for (const [serverName, endpoint] of serverNames)
  test(`SNI ${serverName}`, () =>
    assert.equal(endpointFromServerName(serverName, 'local.localhost'), endpoint))

test('host and option have to agree, -pooler included', () => {
  assert.deepEqual(nameEndpoint('ep-a', 'ep-a'), { endpoint: 'ep-a' })
  assert.deepEqual(nameEndpoint(null, 'ep-a'), { endpoint: 'ep-a' })
  assert.deepEqual(nameEndpoint('ep-a', null), { endpoint: 'ep-a' })
  assert.deepEqual(nameEndpoint(null, null), { endpoint: null })
  assert.deepEqual(nameEndpoint('ep-a-pooler', 'ep-a'), {
    error: 'inconsistent',
    serverName: 'ep-a-pooler',
    option: 'ep-a',
  })
  assert.deepEqual(nameEndpoint(null, 'ep_a'), { error: 'malformed', endpoint: 'ep_a' })
})

test('ids are letters, digits and hyphens of any script', () => {
  for (const good of ['', 'ep-a-1', 'ép-ß', 'ab١']) assert.ok(isEndpointId(good), good)
  for (const bad of ['a b', 'a.b', 'a/b', 'a\0b', 'a\n']) assert.ok(!isEndpointId(bad), bad)
})

const hacks: [string, ReturnType<typeof endpointFromPassword>][] = [
  ['endpoint=ep-a;sesame', { endpoint: 'ep-a', password: 'sesame' }],
  ['project=ep-a;sesame', { endpoint: 'ep-a', password: 'sesame' }],
  ['endpoint=ep-a$sesame', { endpoint: 'ep-a', password: 'sesame' }],
  ['endpoint=ep-a$b;c;d', { endpoint: 'ep-a$b', password: 'c;d' }],
  ['endpoint=ep-a$b$c', { endpoint: 'ep-a', password: 'b$c' }],
  ['endpoint=ep-a', null],
  ['sesame', null],
  ['', null],
]
for (const [payload, expected] of hacks)
  test(`password ${payload}`, () => assert.deepEqual(endpointFromPassword(payload), expected))
