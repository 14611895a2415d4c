// Each kind of POST with an Idempotency-Key, twice, on real computes: done once, answered twice in the same words.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { query } from '../fixtures/clients.ts'
import { contractFetch } from '../fixtures/contract.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

let pilotlight: Pilotlight
let project: ProjectDetails
before(async () => {
  pilotlight = await Pilotlight.start()
  project = await pilotlight.createProject()
  await query(pilotlight, project, 'create table entry (n int)')
  await pilotlight.settle(project.id)
})
after(() => pilotlight.stop())

/** The answer, after it was asked for twice and was the same. */
async function twice(path: string, body?: object): Promise<Record<string, unknown>> {
  const key = randomUUID()
  const ask = async () => {
    const response = await contractFetch(`${pilotlight.run.apiUrl}/api/v2${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${pilotlight.apiKey}`,
        'Idempotency-Key': key,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    assert.ok(response.ok, `${path}: ${response.status} ${text}`)
    return { status: response.status, text, replayed: response.headers.get('Idempotent-Replayed') }
  }
  const first = await ask()
  const second = await ask()
  assert.deepEqual([first.replayed, second.replayed], [null, 'true'])
  assert.deepEqual([second.status, second.text], [first.status, first.text])
  await pilotlight.settle(project.id)
  return JSON.parse(first.text)
}

const branchNames = async () =>
  (await pilotlight.api.listProjectBranches({ projectId: project.id })).data.branches
    .map(({ name }) => name)
    .sort()

for (const state of ['awake', 'asleep']) {
  test(`roles, databases and passwords, while the compute is ${state}`, async () => {
    const branch = `/projects/${project.id}/branches/${project.branchId}`
    const name = `of_one_${state}`
    if (state === 'asleep') await pilotlight.suspend(project)
    await twice(`${branch}/roles`, { role: { name } })
    if (state === 'asleep') await pilotlight.suspend(project)
    await twice(`${branch}/databases`, { database: { name, owner_name: name } })
    if (state === 'asleep') await pilotlight.suspend(project)
    const { role } = await twice(`${branch}/roles/${name}/reset_password`)
    const rows = await query<{ owner: string }>(
      pilotlight,
      { ...project, role: name, password: (role as { password: string }).password, database: name },
      'select current_user as owner',
    )
    assert.deepEqual(rows, [{ owner: name }])
  })
}

test('computes: started, suspended, restarted', async () => {
  const endpoint = `/projects/${project.id}/endpoints/${project.endpointId}`
  await twice(`${endpoint}/suspend`)
  await twice(`${endpoint}/start`)
  await twice(`${endpoint}/restart`)
  assert.deepEqual(await query(pilotlight, project, 'select n from entry'), [])
})

test('branches, snapshots, restores', async () => {
  const branches = `/projects/${project.id}/branches`
  const made = await twice(branches, { branch: { name: 'dev' }, endpoints: [{ type: 'read_write' }] })
  const dev = (made.branch as { id: string }).id
  assert.deepEqual(await branchNames(), ['dev', 'main'])
  await twice(`${branches}/${dev}/restore`, { source_branch_id: project.branchId })
  const { snapshot } = await twice(`${branches}/${dev}/snapshot`)
  await twice(`/projects/${project.id}/snapshots/${(snapshot as { id: string }).id}/restore`, {
    name: 'look',
  })
  assert.deepEqual(await branchNames(), ['dev', 'look', 'main'])
  await twice(`${branches}/${dev}/set_as_default`)
})

test('keys and projects', async () => {
  const { key } = await twice('/api_keys', { key_name: 'once' })
  assert.match(String(key), /^napi_/)
  await twice('/projects', { project: { name: 'once' } })
  const { data } = await pilotlight.api.listProjects({ search: 'once' })
  assert.equal(data.projects.length, 1)
})
