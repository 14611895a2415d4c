import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import * as local from '../engine/local/index.ts'
import { at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
let org: string

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
  org = `/organizations/${api.control.organization.id}`
})
after(() => cluster?.stop())

test('one organization, which is the user’s', async () => {
  const { status, body } = await api.ask('GET', '/users/me/organizations')
  assert.equal(status, 200)
  const [first, ...others] = (body as { organizations: { id: string }[] }).organizations
  assert.deepEqual(others, [])
  assert.match(first?.id ?? '', /^org-[a-z]+-[a-z]+-\d{8}$/)
  assert.deepEqual((await api.ask('GET', org)).body, first)
  const elsewhere = await api.ask('GET', '/organizations/org-other-rain-12345678')
  assert.deepEqual([elsewhere.status, at(elsewhere, 'message')], [404, 'organization not found'])
})

test('ids of organization and user outlive control', async () => {
  const next = await openTestApi(cluster, { catalog: api.catalog })
  assert.equal(next.control.organization.id, api.control.organization.id)
  const [me, later] = [await api.ask('GET', '/users/me'), await next.ask('GET', '/users/me')]
  assert.match(textAt(me, 'id'), /^[0-9a-f-]{36}$/)
  assert.deepEqual(later.body, me.body)
  assert.deepEqual((await api.ask('GET', '/auth')).body, {
    account_id: at(me, 'id'),
    auth_method: 'api_key_user',
  })
})

test('the owner is its one member, an admin, and stays', async () => {
  const { body } = await api.ask('GET', `${org}/members`)
  const { members } = body as { members: { member: { id: string; role: string }; user: object }[] }
  assert.equal(members.length, 1)
  const { member } = members[0]!
  assert.equal(member.role, 'admin')
  const path = `${org}/members/${member.id}`
  assert.deepEqual((await api.ask('GET', path)).body, member)
  assert.equal((await api.ask('PATCH', path, { body: { role: 'admin' } })).status, 200)
  assert.equal((await api.ask('PATCH', path, { body: { role: 'member' } })).status, 422)
  assert.equal((await api.ask('PATCH', path, { body: { role: 'king' } })).status, 400)
  assert.equal((await api.ask('DELETE', path)).status, 422)
  assert.deepEqual((await api.ask('GET', path)).body, member)
  const nobody = `${org}/members/00000000-0000-4000-8000-000000000000`
  for (const method of ['GET', 'DELETE']) assert.equal((await api.ask(method, nobody)).status, 404)
  assert.equal((await api.ask('GET', `${org}/members/x`)).status, 400)
})

test('of two admins one may go', async () => {
  const { rows } = await api.catalog.pool.query(
    `with someone as (
       insert into users (id, email, name) values (gen_random_uuid(), 'ada@example.com', 'Ada') returning id)
     insert into members (id, org_id, user_id, role)
     select gen_random_uuid(), $1, id, 'admin' from someone returning id`,
    [api.control.organization.id],
  )
  const sorted = await api.ask('GET', `${org}/members?sort_by=email&sort_order=asc`)
  const emails = (sorted.body as { members: { user: { email: string } }[] }).members
  assert.deepEqual(
    emails.map(({ user }) => user.email),
    ['ada@example.com', 'owner@pilotlight.localhost'],
  )
  assert.deepEqual((await api.ask('DELETE', `${org}/members/${rows[0].id}`)).body, {})
  assert.equal((await api.ask('GET', `${org}/members/${rows[0].id}`)).status, 404)
})

test('invitations: none, and none can be sent', async () => {
  assert.deepEqual((await api.ask('GET', `${org}/invitations`)).body, { invitations: [] })
  const invitations = [{ email: 'ada@example.com', role: 'member' }]
  const refused = await api.ask('POST', `${org}/invitations`, { body: { invitations } })
  assert.equal(refused.status, 422)
  assert.match(textAt(refused, 'message'), /one user, and sends no mail/)
})

test('projects are where they can be transferred to already', async () => {
  const project = textAt(await api.ask('POST', '/projects', { body: { project: {} } }), 'project.id')
  const transfer = (path: string, destination: string, id: string) =>
    api.ask('POST', path, { body: { destination_org_id: destination, project_ids: [id] } })
  for (const path of [`${org}/projects/transfer`, '/users/me/projects/transfer']) {
    const done = await transfer(path, api.control.organization.id, project)
    assert.deepEqual([done.status, done.body], [200, {}])
    assert.equal((await transfer(path, 'org-other-rain-12345678', project)).status, 404)
    assert.equal((await transfer(path, api.control.organization.id, 'no-such-12345678')).status, 404)
  }
})

test('org_id need not be sent; another is not found', async () => {
  const ours = api.control.organization.id
  for (const query of ['', `?org_id=${ours}`]) {
    assert.equal((await api.ask('GET', `/projects${query}`)).status, 200)
  }
  assert.equal((await api.ask('GET', '/projects?org_id=org-other-rain-12345678')).status, 404)
  const make = (org_id: string) => api.ask('POST', '/projects', { body: { project: { org_id } } })
  assert.equal((await make(ours)).status, 201)
  const refused = await make('org-other-rain-12345678')
  assert.deepEqual([refused.status, at(refused, 'message')], [404, 'organization not found'])
})
