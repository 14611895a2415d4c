// Projects over HTTP: what is taken, kept and given back; lists; deletion and recovery; JWKS.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { limits } from '../contract/limits.ts'
import { MemoryEngine } from '../control/testing.ts'
import * as local from '../engine/local/index.ts'
import { at, openTestApi, type TestAnswer, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
})
after(() => cluster?.stop())
beforeEach(async () => {
  await api.catalog.db.deleteFrom('projects').execute()
  const { engine } = api.control.parts
  assert.ok(engine instanceof MemoryEngine)
  engine.cloning = 'reflink'
})

const create = (project: object) => api.ask('POST', '/projects', { body: { project } })
const made = async (name: string) => textAt(await create({ name }), 'project.id')
const names = (answer: TestAnswer) => (at(answer, 'projects') as { name: string }[]).map(({ name }) => name)
const message = (answer: TestAnswer) => `${answer.status} ${textAt(answer, 'message')}`

test('every field of a new project is kept and given back', async () => {
  const org = api.control.organization.id
  const created = await create({
    ...{ name: 'Läden', pg_version: 17, region_id: 'test', org_id: org, provisioner: 'k8s-pod' },
    ...{ store_passwords: false, history_retention_seconds: 3600 },
    settings: {
      quota: { active_time_seconds: 3600 },
      maintenance_window: { weekdays: [1, 7], start_time: '03:00', end_time: '04:00' },
      hipaa: false,
    },
    default_endpoint_settings: {
      ...{ autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 1, suspend_timeout_seconds: 600 },
      pg_settings: { work_mem: '8MB' },
    },
    branch: { name: 'trunk', role_name: 'alice', database_name: 'shop', annotations: { team: 'blue' } },
  })
  assert.equal(created.status, 201, JSON.stringify(created.body))
  const id = textAt(created, 'project.id')
  const answer = await api.ask('GET', `/projects/${id}`)
  for (const [place, value] of Object.entries({
    ...{ name: 'Läden', pg_version: 17, region_id: 'test', org_id: org, provisioner: 'k8s-pod' },
    ...{ store_passwords: false, history_retention_seconds: 3600 },
    'settings.quota.active_time_seconds': 3600,
    'settings.maintenance_window.start_time': '03:00',
    'settings.hipaa': false,
    'default_endpoint_settings.autoscaling_limit_min_cu': 0.5,
    'default_endpoint_settings.suspend_timeout_seconds': 600,
    'default_endpoint_settings.pg_settings.work_mem': '8MB',
    'owner.email': api.catalog.identity.user.email,
  })) {
    assert.deepEqual(at(answer, `project.${place}`), value, place)
  }
  const branch = await api.ask('GET', `/projects/${id}/branches/${textAt(created, 'branch.id')}`)
  assert.deepEqual(at(branch, 'annotation.value'), { team: 'blue' })
  assert.deepEqual([at(created, 'roles.0.name'), at(created, 'databases.0.name')], ['alice', 'shop'])
})

describe('what is not allowed is refused, and named', () => {
  for (const [what, project, expected] of [
    ['a name of two lines', { name: 'a\nb' }, /^400 project\.name: /],
    ['a long name', { name: 'x'.repeat(257) }, /^400 project\.name: .*256/],
    ['an old Postgres', { pg_version: 13 }, /^400 project\.pg_version: /],
    ['a version that is no number', { pg_version: '17' }, /^400 project\.pg_version: /],
    [
      'a region elsewhere',
      { region_id: 'aws-us-east-2' },
      /^400 project\.region_id: this installation is test/,
    ],
    ['an unknown provisioner', { provisioner: 'docker' }, /^400 project\.provisioner: /],
    ['an organization that is no id', { org_id: 'Ours!' }, /^400 project\.org_id: /],
    ['an unknown organization', { org_id: 'org-none' }, /^404 organization not found/],
    ['a long history', { history_retention_seconds: 2_592_001 }, /^400 project\.history_retention_seconds: /],
    ['a negative history', { history_retention_seconds: -1 }, /^400 project\.history_retention_seconds: /],
    [
      'a reserved database',
      { branch: { database_name: 'postgres' } },
      /^400 project\.branch\.database_name: /,
    ],
    ['a reserved role', { branch: { role_name: 'cloud_admin' } }, /^400 project\.branch\.role_name: /],
    ['too much annotation', { branch: { annotations: tooMany() } }, /^400 project\.branch\.annotations: /],
    [
      'a quota below nothing',
      { settings: { quota: { written_data_bytes: -1 } } },
      /^400 project\.settings\.quota/,
    ],
    ['a short suspend time', { default_endpoint_settings: { suspend_timeout_seconds: -2 } }, /^400 /],
  ] as const) {
    test(what, async () => {
      assert.match(message(await create(project)), expected)
      assert.deepEqual(names(await api.ask('GET', '/projects')), [])
    })
  }
  test('nothing at all', async () => {
    assert.match(message(await api.ask('POST', '/projects', { body: {} })), /^400 project: /)
  })
})

function tooMany(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 51 }, (_, key) => [`key${key}`, '']))
}

test('a change changes what it names', async () => {
  const id = await made('before')
  const first = { settings: { quota: { active_time_seconds: 60 }, hipaa: true } }
  await api.ask('PATCH', `/projects/${id}`, { body: { project: first } })
  const changed = await api.ask('PATCH', `/projects/${id}`, {
    body: { project: { name: 'after', settings: { hipaa: false } } },
  })
  assert.equal(changed.status, 200, JSON.stringify(changed.body))
  assert.deepEqual(
    [at(changed, 'project.name'), at(changed, 'project.settings.hipaa'), at(changed, 'operations')],
    ['after', false, []],
  )
  assert.equal(at(changed, 'project.settings.quota.active_time_seconds'), 60)
  for (const project of [{ name: '' }, { history_retention_seconds: 2_592_001 }]) {
    assert.equal((await api.ask('PATCH', `/projects/${id}`, { body: { project } })).status, 400)
  }
})

test('lists: a page, the next, what is searched for, and the shape that clients read', async () => {
  for (let count = 1; count <= 12; count++) await made(`shop ${count}`)
  await made('other')
  const first = await api.ask('GET', '/projects?search=shop')
  assert.equal(names(first).length, limits.projectListDefault)
  assert.equal(names(first)[0], 'shop 12')
  for (const [field, value] of [
    ['applications', {}],
    ['integrations', {}],
    ['unavailable_project_ids', []],
  ] as const) {
    assert.deepEqual(at(first, field), value)
  }
  const cursor = textAt(first, 'pagination.cursor')
  const next = await api.ask('GET', `/projects?search=shop&cursor=${cursor}&timeout=1000`)
  assert.deepEqual(names(next), ['shop 2', 'shop 1'])
  const end = await api.ask('GET', `/projects?search=shop&cursor=${textAt(next, 'pagination.cursor')}`)
  assert.deepEqual([names(end), at(end, 'pagination')], [[], undefined])
  const all = await api.ask('GET', `/projects?limit=400&org_id=${api.control.organization.id}`)
  assert.equal(names(all).length, 13)
  for (const query of [
    'limit=0',
    'limit=401',
    'limit=x',
    'cursor=shop',
    'timeout=99',
    'recoverable=perhaps',
  ]) {
    assert.equal((await api.ask('GET', `/projects?${query}`)).status, 400, query)
  }
  // As it was made for another list.
  for (const time of ["2026' or true", '2026-02-31 10:00:00+00']) {
    const foreign = Buffer.from(JSON.stringify([time, 'x'])).toString('base64url')
    assert.match(message(await api.ask('GET', `/projects?cursor=${foreign}`)), /^400 cursor: /)
  }
  assert.equal((await api.ask('GET', '/projects?org_id=org-none')).status, 404)
  assert.deepEqual(names(await api.ask('GET', '/projects/shared?limit=100')), [])
})

test('a project says when something last happened in it, once anything did', async () => {
  const id = await made('used')
  const last = async () => at(await api.ask('GET', `/projects/${id}`), 'project.compute_last_active_at')
  assert.equal(await last(), undefined)
  const [first] = await api.control.endpoints.list(id)
  for (const time of ['2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z']) {
    await api.catalog.db
      .updateTable('endpoints')
      .set({ last_active_at: new Date(time) })
      .where('id', '=', first!.id)
      .execute()
    assert.equal(await last(), time)
  }
  const listed = await api.ask('GET', '/projects')
  assert.equal(at(listed, 'projects.0.compute_last_active_at'), '2026-01-02T03:04:06Z')
})

test('pages stay whole while projects come and go', async () => {
  const ids: string[] = []
  for (let count = 0; count < 9; count++) ids.push(await made(`kept ${count}`))
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const page = await api.ask('GET', `/projects?limit=2&search=kept${cursor && `&cursor=${cursor}`}`)
    const list = at(page, 'projects') as { id: string }[]
    if (list.length === 0) break
    seen.push(...list.map(({ id }) => id))
    // The one that the cursor stands behind goes without a trace, and another comes before all of them.
    await api.catalog.db.deleteFrom('projects').where('id', '=', seen.at(-1)!).execute()
    await made('kept too')
    cursor = textAt(page, 'pagination.cursor')
  }
  assert.deepEqual(seen, ids.toReversed())
})

test('a deleted project can be seen among those to recover, and be recovered', async () => {
  const id = await made('gone')
  const deleted = await api.ask('DELETE', `/projects/${id}`)
  assert.deepEqual([deleted.status, at(deleted, 'project.id')], [200, id])
  for (const [method, path] of [
    ['GET', `/projects/${id}`],
    ['DELETE', `/projects/${id}`],
    ['PATCH', `/projects/${id}`],
    ['GET', `/projects/${id}/branches`],
    ['GET', `/projects/${id}/operations`],
    ['GET', `/projects/${id}/jwks`],
    ['GET', `/projects/${id}/permissions`],
  ] as const) {
    const answer = await api.ask(method, path, method === 'PATCH' ? { body: { project: {} } } : {})
    assert.equal(message(answer), '404 project not found', `${method} ${path}`)
  }
  assert.deepEqual(names(await api.ask('GET', '/projects')), [])
  const recoverable = await api.ask('GET', '/projects?recoverable=true')
  assert.deepEqual(names(recoverable), ['gone'])
  // As Python writes it.
  assert.deepEqual(names(await api.ask('GET', '/projects?recoverable=True')), ['gone'])
  assert.deepEqual(names(await api.ask('GET', '/projects?recoverable=False')), [])
  const [from, until] = ['deleted_at', 'recoverable_until'].map(field =>
    Date.parse(textAt(recoverable, `projects.0.${field}`)),
  )
  assert.equal(until! - from!, limits.projectRecoverySeconds * 1000)

  const recovered = await api.ask('POST', `/projects/${id}/recover`)
  assert.equal(recovered.status, 200, JSON.stringify(recovered.body))
  assert.deepEqual(
    [at(recovered, 'project.id'), at(recovered, 'branches.0.name'), at(recovered, 'branches.0.default')],
    [id, 'main', true],
  )
  assert.deepEqual(names(await api.ask('GET', '/projects?recoverable=true')), [])
  assert.equal((await api.ask('GET', `/projects/${id}`)).status, 200)
  assert.equal(message(await api.ask('POST', `/projects/${id}/recover`)), '422 project is not deleted')
  assert.equal(message(await api.ask('POST', '/projects/none/recover')), '404 project not found')
})

test('JWKS: added, listed, deleted; a URL once, over https', async () => {
  const id = await made('jwks')
  const url = 'https://example.com/.well-known/jwks.json'
  const jwks = (more: object = {}) =>
    api.ask('POST', `/projects/${id}/jwks`, { body: { jwks_url: url, provider_name: 'Example', ...more } })
  const added = await jwks({ jwt_audience: 'shop', role_names: ['reader'], skip_role_creation: true })
  assert.equal(added.status, 201, JSON.stringify(added.body))
  assert.deepEqual([at(added, 'jwks.project_id'), at(added, 'operations')], [id, []])
  assert.match(message(await jwks()), /^409 JWKS URL already exists/)
  assert.equal(message(await jwks({ branch_id: 'br-none' })), '404 branch not found')
  for (const wrong of ['http://example.com/keys', 'https://me:secret@example.com/keys', 'example.com', '']) {
    assert.match(message(await jwks({ jwks_url: wrong })), /^400 jwks_url: /, wrong)
  }
  const list = await api.ask('GET', `/projects/${id}/jwks`)
  assert.deepEqual(
    [at(list, 'jwks.0.jwks_url'), at(list, 'jwks.0.role_names'), at(list, 'jwks.1')],
    [url, ['reader'], undefined],
  )
  const path = `/projects/${id}/jwks/${textAt(added, 'jwks.id')}`
  const deleted = await api.ask('DELETE', path)
  assert.deepEqual([deleted.status, at(deleted, 'jwks_url')], [200, url])
  assert.equal(message(await api.ask('DELETE', path)), '404 JWKS not found')
  assert.equal(message(await api.ask('DELETE', `/projects/${id}/jwks/none`)), '404 JWKS not found')
  for (let count = 0; count < limits.jwksPerProject; count++) {
    assert.equal((await jwks({ jwks_url: `${url}?${count}` })).status, 201)
  }
  assert.match(message(await jwks()), /^422 JWKS limit exceeded/)
})

test('what Neon’s Terraform provider sends: an empty word is one that was left out', async () => {
  const empty = { name: '', provisioner: '', region_id: '' }
  const created = await create(empty)
  assert.equal(created.status, 201, JSON.stringify(created.body))
  const id = textAt(created, 'project.id')
  assert.equal(textAt(created, 'project.name'), id)
  assert.equal(textAt(created, 'project.region_id'), 'test')
  // It reads the list without asking whether there is one.
  assert.deepEqual(at(created, 'project.settings.allowed_ips'), { ips: [], protected_branches_only: false })

  const branch = await api.ask('POST', `/projects/${id}/branches`, {
    body: { branch: { name: '', parent_id: '', parent_lsn: '' } },
  })
  assert.equal(branch.status, 201, JSON.stringify(branch.body))
  assert.equal(at(branch, 'branch.parent_id'), at(created, 'branch.id'))
  const endpoint = await api.ask('POST', `/projects/${id}/endpoints`, {
    body: {
      endpoint: {
        ...{
          branch_id: textAt(branch, 'branch.id'),
          type: 'read_write',
          region_id: '',
          pooler_enabled: false,
        },
        ...{ pooler_mode: '', disabled: false, provisioner: '', suspend_timeout_seconds: 0 },
      },
    },
  })
  assert.equal(endpoint.status, 201, JSON.stringify(endpoint.body))
  const refused = await create({ name: 'x'.repeat(limits.projectNameChars + 1) })
  assert.match(message(refused), /name must not be longer than/)
})
