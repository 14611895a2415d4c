import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hostUri, psql } from '../fixtures/clients.ts'
import { contractClient, contractFetch } from '../fixtures/contract.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'

describe('the official API client drives the API', () => {
  let pilotlight: Pilotlight
  before(async () => {
    pilotlight = await Pilotlight.start()
  })
  after(() => pilotlight.stop())

  test('a project’s life', async () => {
    const { api } = pilotlight
    const created = await api.createProject({ project: { name: 'life', pg_version: 18 } })
    assert.equal(created.status, 201)
    const { project, branch, endpoints, roles, databases, operations } = created.data
    assert.equal(project.name, 'life')
    assert.equal(project.pg_version, 18)
    assert.deepEqual(
      operations.map(({ action }) => action),
      ['create_timeline', 'start_compute'],
    )
    assert.equal(branch.name, 'main')
    assert.equal(roles[0]?.name, 'neondb_owner')
    assert.equal(databases[0]?.name, 'neondb')
    await pilotlight.settle(project.id)
    assert.equal((await api.getProjectBranch(project.id, branch.id)).data.branch.current_state, 'ready')

    const { data: listed } = await api.listProjects({})
    assert.ok(listed.projects.some(({ id }) => id === project.id))

    const renamed = await api.updateProject(project.id, { project: { name: 'another life' } })
    assert.equal(renamed.data.project.name, 'another life')
    assert.equal((await api.getProject(project.id)).data.project.name, 'another life')

    const { data: uri } = await api.getConnectionUri({
      projectId: project.id,
      database_name: 'neondb',
      role_name: 'neondb_owner',
    })
    assert.equal((await psql(uri.uri, 'show server_version_num')).stdout.slice(0, 2), '18')

    const { data: revealed } = await api.getProjectBranchRolePassword(project.id, branch.id, 'neondb_owner')
    assert.ok(uri.uri.includes(revealed.password))

    const endpoint = endpoints[0]!
    for (const [action, state] of [
      ['suspendProjectEndpoint', 'idle'],
      ['startProjectEndpoint', 'active'],
      ['restartProjectEndpoint', 'active'],
    ] as const) {
      const answer = await api[action](project.id, endpoint.id)
      assert.ok(answer.data.operations.length > 0, action)
      await pilotlight.settle(project.id)
      const { data } = await api.getProjectEndpoint(project.id, endpoint.id)
      assert.equal(data.endpoint.current_state, state, action)
    }

    const { data: operation } = await api.getProjectOperation(project.id, operations[0]!.id)
    assert.equal(operation.operation.status, 'finished')

    await api.deleteProject(project.id)
    await assert.rejects(
      api.getProject(project.id),
      (error: { response?: { status: number } }) => error.response?.status === 404,
    )
    assert.match((await psql(uri.uri, 'select 1')).stderr, /password authentication failed/)
    await eventually(() => pilotlight.computes().length === 0, {
      timeoutMs: 20_000,
      about: () => 'its compute to go',
    })
  })

  test('names of one’s own, that need quoting', async () => {
    const branch = {
      name: 'haupt; drop',
      role_name: `o'Neil "the" owner`,
      database_name: 'Überraschung; drop table x',
    }
    const project = await pilotlight.createProject({ name: `Robert'); DROP TABLE projects;--`, branch })
    assert.equal(project.role, branch.role_name)
    const answer = await psql(
      hostUri(pilotlight, project),
      `select current_user || '|' || current_database()`,
    )
    assert.equal(answer.stdout, `${branch.role_name}|${branch.database_name}`, answer.stderr)
  })

  test('pages of projects', async () => {
    const made: string[] = []
    for (let n = 0; n < 3; n++) made.push((await pilotlight.createProject({ name: `page ${n}` })).id)
    const seen: string[] = []
    let cursor: string | undefined
    for (;;) {
      const { data } = await pilotlight.api.listProjects({
        limit: 2,
        ...(cursor && { cursor }),
        search: 'page ',
      })
      if (data.projects.length === 0) break
      assert.ok(data.projects.length <= 2)
      seen.push(...data.projects.map(({ id }) => id))
      cursor = data.pagination?.cursor
    }
    assert.deepEqual(seen, made.toReversed())
  })

  test('who, where', async () => {
    assert.equal((await pilotlight.api.getCurrentUserInfo()).data.login, 'owner@pilotlight.localhost')
    assert.deepEqual(
      (await pilotlight.api.getActiveRegions({})).data.regions.map(({ region_id }) => region_id),
      ['local'],
    )
  })

  const request = (path: string, init: RequestInit = {}, key = pilotlight.apiKey) =>
    contractFetch(`${pilotlight.run.apiUrl}/api/v2${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers },
    })
  const post = (body: string) => request('/projects', { method: 'POST', body })

  const wrong: [string, () => Promise<Response>, number, RegExp][] = [
    [
      'no key',
      () => contractFetch(`${pilotlight.run.apiUrl}/api/v2/projects`),
      401,
      /do not pass authentication/,
    ],
    [
      'a wrong key',
      () => request('/projects', {}, `napi_${'x'.repeat(48)}`),
      401,
      /do not pass authentication/,
    ],
    ['a key of rubbish', () => request('/projects', {}, '\u00ff\u00fe'), 401, /do not pass authentication/],
    ['malformed JSON', () => post('{"project": {'), 400, /not valid JSON/],
    ['no project in the body', () => post('{}'), 400, /^project: /],
    [
      'a name of two lines',
      () => post('{"project":{"name":"a\\nb"}}'),
      400,
      /project\.name: .*control characters/,
    ],
    [
      'a name of 1,000 characters',
      () => post(`{"project":{"name":"${'n'.repeat(1000)}"}}`),
      400,
      /longer than 256/,
    ],
    ['a name with NUL', () => post('{"project":{"name":"a\\u0000b"}}'), 400, /control characters/],
    ['a number for a name', () => post('{"project":{"name":7}}'), 400, /project\.name/],
    [
      'a role name of 64 bytes',
      () => post(`{"project":{"branch":{"role_name":"${'ü'.repeat(32)}"}}}`),
      400,
      /longer than 63 bytes/,
    ],
    ['a reserved role', () => post('{"project":{"branch":{"role_name":"cloud_admin"}}}'), 400, /reserved/],
    [
      'a reserved database',
      () => post('{"project":{"branch":{"database_name":"postgres"}}}'),
      400,
      /reserved/,
    ],
    [
      'a version that is not here',
      () => post('{"project":{"pg_version":14}}'),
      422,
      /no Postgres 14 on this machine/,
    ],
    ['a version that never was', () => post('{"project":{"pg_version":3}}'), 400, /pg_version/],
    ['a body of 2 MB', () => post(`{"project":{"name":"${'n'.repeat(2_000_000)}"}}`), 413, /larger than/],
    ['an unknown project', () => request('/projects/no-such-project'), 404, /^project not found$/],
    [
      'SQL in an id',
      () => request(`/projects/${encodeURIComponent("x' or '1'='1")}`),
      404,
      /^project not found$/,
    ],
    ['NUL in an id', () => request('/projects/a%00b'), 400, /must not contain NUL/],
    [
      'an id of 10,000 characters',
      () => request(`/projects/${'x'.repeat(10_000)}`),
      404,
      /^project not found$/,
    ],
    ['a limit of zero', () => request('/projects?limit=0'), 400, /limit/],
    ['an unknown path', () => request('/no/such/path'), 404, /route does not exist/],
    ['an unknown method', () => request('/projects', { method: 'PUT' }), 405, /PUT is not allowed/],
  ]
  for (const [name, ask, status, message] of wrong) {
    test(`refused: ${name}`, async () => {
      const answer = await ask()
      const body = (await answer.json()) as Record<string, string>
      assert.equal(answer.status, status, JSON.stringify(body).slice(0, 500))
      assert.match(body.message!, message)
      assert.deepEqual(Object.keys(body).sort(), ['code', 'message', 'request_id'])
      assert.equal(answer.headers.get('x-request-id'), body.request_id)
      assert.doesNotMatch(JSON.stringify(body), /\bat .*\.ts|node_modules/)
    })
  }

  test('a caller’s request id comes back', async () => {
    const answer = await request('/projects/none', { headers: { 'x-request-id': 'mine-7' } })
    assert.equal(((await answer.json()) as { request_id: string }).request_id, 'mine-7')
  })

  test('bad input leaves nothing behind', async () => {
    const client = contractClient({ apiKey: pilotlight.apiKey, baseURL: `${pilotlight.run.apiUrl}/api/v2` })
    const count = async () => (await client.listProjects({ limit: 400 })).data.projects.length
    const before = await count()
    for (const [, ask] of wrong) await ask()
    assert.equal(await count(), before)
  })
})
