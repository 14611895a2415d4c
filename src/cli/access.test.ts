// The commands about who may, given to an API with canned replies.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as stub from './testing.ts'
import { giveTo, projectsReply, type Replies } from './testing.ts'

const shop = stub.project('shiny-wind-00000001', 'shop')
const org = 'org-still-lake-12345678'
const at = '2026-01-02T03:04:05Z'
const owner = { id: 'c0ffee00-0000-4000-8000-000000000000', name: 'Owner', image: '' }
const key = (id: number, name: string, more: object = {}) => ({
  ...{ id, name, created_at: at, created_by: owner, last_used_at: null, last_used_from_addr: '' },
  ...more,
})
const organization = {
  ...{ id: org, name: 'Pilotlight', handle: 'x', plan: 'self-hosted', managed_by: 'console' },
  ...{ created_at: at, updated_at: at },
}
const made = { id: 9, key: 'napi_secret', name: 'ci', created_at: at, created_by: owner.id }
const revoked = (id: number, name: string) => ({ ...key(id, name), created_by: owner.id, revoked: true })

const replies: Replies = {
  'GET /auth': { body: { account_id: owner.id, auth_method: 'api_key_user' } },
  'GET /users/me/organizations': { body: { organizations: [organization] } },
  'GET /projects': projectsReply(shop),
  'GET /api_keys': { body: [key(1, 'first key', { last_used_at: at, last_used_from_addr: '192.0.2.1' })] },
  [`GET /organizations/${org}/api_keys`]: {
    body: [key(2, 'ci'), key(3, 'ci', { project_id: shop.id }), key(4, '1')],
  },
  'POST /api_keys': { body: made },
  [`POST /organizations/${org}/api_keys`]: { body: made },
  'DELETE /api_keys/1': { body: revoked(1, 'first key') },
  [`DELETE /organizations/${org}/api_keys/3`]: { body: revoked(3, 'ci') },
  [`GET /organizations/${org}/members`]: {
    body: {
      members: [
        {
          member: { id: 'm1', user_id: owner.id, org_id: org, role: 'admin', joined_at: at },
          user: { email: 'owner@pilotlight.localhost' },
        },
      ],
      pagination: {},
    },
  },
}
const bodies = ({ requests }: { requests: stub.Request[] }) =>
  requests.filter(({ method }) => method === 'POST').map(({ body }) => body)

describe('api-keys', () => {
  test('list: what each reaches, when and from where it was used', async () => {
    const { stdout } = await giveTo(replies, ['api-keys', 'list'])
    assert.match(stdout, /1 +first key +everything +5 min ago +5 min ago +192\.0\.2\.1/)
    assert.match(stdout, /2 +ci +all projects +5 min ago +never/)
    assert.match(stdout, /3 +ci +project shiny-wind-00000001/)
  })

  test('list by an organization key asks for no personal ones', async () => {
    const given = await giveTo(
      { ...replies, 'GET /auth': { body: { account_id: org, auth_method: 'api_key_org' } } },
      ['api-keys', 'list', '--json'],
    )
    assert.deepEqual(
      JSON.parse(given.stdout).map(({ id }: { id: number }) => id),
      [2, 3, 4],
    )
  })

  test('create: the key alone is on standard output', async () => {
    const given = await giveTo(replies, ['api-keys', 'create', 'ci'])
    assert.equal(given.stdout, 'napi_secret\n')
    assert.match(given.stderr, /api-keys revoke 9/)
    assert.doesNotMatch(given.stderr, /napi_secret/)
    assert.deepEqual(bodies(given), [{ key_name: 'ci' }])
  })

  test('create for the organization, and for a project by its name', async () => {
    const all = await giveTo(replies, ['api-keys', 'create', 'ci', '--organization'])
    assert.deepEqual(bodies(all), [{ key_name: 'ci' }])
    const one = await giveTo(replies, ['api-keys', 'create', 'ci', '--project', 'shop'])
    assert.deepEqual(bodies(one), [{ key_name: 'ci', project_id: shop.id }])
    const both = await giveTo(replies, ['api-keys', 'create', 'ci', '--project', 'shop', '--organization'])
    assert.equal(both.code, 2)
  })

  test('a name that is too long is refused here', async () => {
    const given = await giveTo(replies, ['api-keys', 'create', 'x'.repeat(65)])
    assert.equal(given.code, 2)
    assert.match(given.stderr, /64 characters/)
  })

  test('revoke by id or name, after a question; an id goes before a name', async () => {
    const asked = await giveTo(replies, ['api-keys', 'revoke', 'first key'])
    assert.equal(asked.code, 2)
    assert.match(asked.stderr, /nobody to ask/)
    const first = await giveTo(replies, ['api-keys', 'revoke', '1', '--yes'])
    assert.equal(first.stdout, 'Key 1 (first key) is revoked.\n')
    assert.equal((await giveTo(replies, ['api-keys', 'revoke', '3', '--yes'])).code, 0)
    const twice = await giveTo(replies, ['api-keys', 'revoke', 'ci', '--yes'])
    assert.equal(twice.code, 2)
    assert.match(twice.stderr, /2 keys have the name "ci"[\s\S]*2, 3/)
    const none = await giveTo(replies, ['api-keys', 'revoke', 'nobody', '--yes'])
    assert.match(none.stderr, /there is no key/)
    assert.notEqual(none.code, 0)
  })
})

test('orgs', async () => {
  assert.match((await giveTo(replies, ['orgs', 'list'])).stdout, /org-still-lake-12345678 +Pilotlight/)
  assert.match((await giveTo(replies, ['orgs', 'members'])).stdout, /m1 +owner@pilotlight\.localhost +admin/)
})

describe('audit', () => {
  const entry = (id: number, more: object) => ({
    ...{ id, at: '2026-01-02T03:04:05.123Z', actor: 'personal', operation_id: 'createProject' },
    ...{ ids: { project_id: shop.id }, ...more },
  })
  const log: Replies = {
    ...replies,
    'GET /pilotlight/audit': {
      body: {
        entries: [
          entry(3, { key_name: 'ci', status: 403, remote_address: '192.0.2.1' }),
          entry(2, { actor: 'system', operation_id: 'deleteProjectBranch', ids: { branch_id: 'br-1' } }),
          entry(1, { key_name: 'ci', operation_id: 'restartProjectEndpoint' }),
        ],
      },
    },
  }

  test('who, what, and what came of it', async () => {
    const { stdout } = await giveTo(log, ['audit'])
    assert.match(stdout, /2026-01-02T03:04:05Z +ci +createProject +shiny-wind-00000001 +403 +192\.0\.2\.1/)
    assert.match(stdout, /system +deleteProjectBranch +br-1 +done/)
    assert.match(stdout, /restartProjectEndpoint +shiny-wind-00000001 +unknown/)
  })

  test('flags become a query', async () => {
    const given = await giveTo(log, [
      ...['audit', '--project', 'shop', '--key', '3', '--operation', 'createProject', '--actor', 'project'],
      ...['--since', '1h', '--until', '2026-01-02T03:09:00Z', '--failed', '--limit', '7'],
    ])
    const asked = given.requests.find(({ path }) => path.endsWith('/pilotlight/audit'))!
    assert.deepEqual(Object.fromEntries(asked.query), {
      ...{ project_id: shop.id, key_id: '3', operation_id: 'createProject', actor: 'project' },
      ...{ since: '2026-01-02T02:09:05.000Z', until: '2026-01-02T03:09:00Z', failed: 'true', limit: '7' },
    })
  })

  test('of a project that is gone, by its id', async () => {
    const gone = { ...log, 'GET /projects': projectsReply() }
    const given = await giveTo(gone, ['audit', '--project', 'late-rain-12345678'])
    assert.equal(given.code, 0, given.stderr)
    const refused = await giveTo(gone, ['audit', '--project', 'shop'])
    assert.notEqual(refused.code, 0)
  })
})

test('with a project-scoped key a project is still named by its name', async () => {
  const message = `not allowed to perform actions outside the project this key is scoped to; subject_project_id:"${shop.id}"`
  const scoped: Replies = {
    'GET /projects': { status: 404, body: { request_id: 'r', code: 'outside_key_project', message } },
    [`GET /projects/${shop.id}`]: { body: { project: shop } },
    [`GET /projects/${shop.id}/operations`]: { body: { operations: [stub.operation('1')] } },
  }
  assert.match((await giveTo(scoped, ['projects', 'list'])).stdout, /shiny-wind-00000001 +shop/)
  assert.equal((await giveTo(scoped, ['operations', 'list', 'shop'])).code, 0)
  const other = await giveTo(scoped, ['operations', 'list', 'other'])
  assert.match(other.stderr, /there is no project/)
})
