// What `databases` and `roles` ask of the API, and what they print.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as stub from './testing.ts'
import { errorReply, giveTo, projectsReply, type Replies } from './testing.ts'

const shop = stub.project('shiny-wind-00000001', 'shop')
const below = `/projects/${shop.id}`
const onBranch = `${below}/branches/br-main`
const operations = [stub.operation('1')]

const replies: Replies = {
  'GET /projects': projectsReply(shop),
  [`GET ${below}`]: { body: { project: shop } },
  [`GET ${below}/branches`]: { body: { branches: [stub.branch], annotations: {} } },
  [`GET ${onBranch}/databases`]: { body: { databases: [stub.database] } },
  [`GET ${onBranch}/roles`]: {
    body: { roles: [stub.role, { ...stub.role, name: 'staff', authentication_method: 'no_login' }] },
  },
  [`POST ${onBranch}/databases`]: { status: 201, body: { database: stub.database, operations } },
  [`PATCH ${onBranch}/databases/re%2Fports`]: { body: { database: stub.database, operations } },
  [`DELETE ${onBranch}/databases/reports`]: { body: { database: stub.database, operations } },
  [`POST ${onBranch}/roles`]: {
    status: 201,
    body: { role: { ...stub.role, password: 'npg_new' }, operations },
  },
  [`DELETE ${onBranch}/roles/reporting`]: { body: { role: stub.role, operations } },
}

const last = async (args: string[], more: Replies = {}) => {
  const { requests, ...outcome } = await giveTo({ ...replies, ...more }, args)
  const { method, body } = requests.at(-1)!
  return { ...outcome, method, body }
}

describe('databases', () => {
  test('list', async () => {
    const { stdout } = await last(['databases', 'list', 'shop'])
    assert.match(stdout, /neondb +neondb_owner +5 min ago/)
  })

  test('create gives it to the owner of the first one, unless another is named', async () => {
    const { body, stdout } = await last(['databases', 'create', 'shop', 'reports'])
    assert.deepEqual(body, { database: { name: 'reports', owner_name: 'neondb_owner' } })
    assert.equal(stdout, 'Database reports of neondb_owner is made.\n')
    const named = await last(['databases', 'create', 'shop', 'reports', '--owner', 'ada'])
    assert.deepEqual(named.body, { database: { name: 'reports', owner_name: 'ada' } })
  })

  test('create where there is no owner to take', async () => {
    const none = { [`GET ${onBranch}/databases`]: { body: { databases: [] } } }
    const { code, stderr } = await last(['databases', 'create', 'shop', 'reports'], none)
    assert.equal(code, 2)
    assert.match(stderr, /--owner/)
  })

  test('rename and set-owner send what changes, and nothing else', async () => {
    const renamed = await last(['databases', 'rename', 'shop', 're/ports', 'reports'])
    assert.deepEqual([renamed.method, renamed.body], ['PATCH', { database: { name: 'reports' } }])
    const given = await last(['databases', 'set-owner', 'shop', 're/ports', 'ada'])
    assert.deepEqual(given.body, { database: { owner_name: 'ada' } })
  })

  test('delete asks first', async () => {
    assert.equal((await last(['databases', 'delete', 'shop', 'reports'])).method, 'GET')
    const { method, stdout } = await last(['databases', 'delete', 'shop', 'reports', '--yes'])
    assert.deepEqual([method, stdout], ['DELETE', 'Database reports is deleted.\n'])
  })
})

describe('roles', () => {
  test('list tells who can log in', async () => {
    const { stdout } = await last(['roles', 'list', 'shop'])
    assert.match(stdout, /neondb_owner +by password/)
    assert.match(stdout, /staff +no/)
  })

  test('create prints the password and nothing else', async () => {
    const { body, stdout } = await last(['roles', 'create', 'shop', 'reporting'])
    assert.deepEqual([body, stdout], [{ role: { name: 'reporting' } }, 'npg_new\n'])
  })

  test('create --no-login has none', async () => {
    const group = { [`POST ${onBranch}/roles`]: { status: 201, body: { role: stub.role, operations } } }
    const { body, stdout } = await last(['roles', 'create', 'shop', 'staff', '--no-login'], group)
    assert.deepEqual(body, { role: { name: 'staff', no_login: true } })
    assert.equal(stdout, 'Role staff is made.\n')
  })

  test('delete, and what the server says against it', async () => {
    const args = ['roles', 'delete', 'shop', 'reporting', '--yes']
    assert.equal((await last(args)).stdout, 'Role reporting is deleted.\n')
    const refusal = errorReply(
      422,
      'role_owns_databases',
      'cannot delete role "reporting" that owns databases: a',
    )
    const { code, stderr } = await last(args, { [`DELETE ${onBranch}/roles/reporting`]: refusal })
    assert.notEqual(code, 0)
    assert.match(stderr, /that owns databases: a/)
  })
})
