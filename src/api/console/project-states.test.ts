import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as endpoints from '../../catalog/endpoints.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import type { ComputeState } from '../../contract/compute-states.ts'
import type { ProjectStates } from '../../contract/console-project-states.ts'
import * as local from '../../engine/local/index.ts'
import { openTestApi, type TestApi } from '../testing.ts'

let cluster: TestCluster
let api: TestApi

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
})
after(() => cluster?.stop())

const place = '/api/console/project_states'

async function states(): Promise<ProjectStates['projects']> {
  const signedIn = await api.request('POST', '/api/console/session', {
    token: '',
    body: { api_key: api.token },
  })
  const headers = { Cookie: signedIn.headers.getSetCookie()[0]!.split(';')[0]! }
  const answer = await api.request('GET', place, { token: '', headers })
  assert.equal(answer.status, 200)
  return (answer.body as ProjectStates).projects
}

test('branches and computes are counted, deleted and internal ones left out', async () => {
  const { catalog } = api
  const { project, branch, endpoint } = await plant(catalog)
  const of = async () => (await states()).find(({ project_id }) => project_id === project.id)
  const deleted_at = new Date()
  const move = (state: ComputeState) =>
    catalog.db.updateTable('endpoints').set({ state }).where('id', '=', endpoint.id).execute()
  const asleep = { project_id: project.id, branches: 1, computes: 1, awake: 0, waking: 0, storage_bytes: 0 }
  assert.deepEqual(await of(), asleep)

  await move('starting')
  assert.deepEqual(await of(), { ...asleep, waking: 1 })
  await move('running')
  assert.deepEqual(await of(), { ...asleep, awake: 1 })
  await endpoints.update(catalog.db, endpoint.id, { deleted_at })
  assert.deepEqual(await of(), { ...asleep, computes: 0 })
  await catalog.db.updateTable('branches').set({ deleted_at }).where('id', '=', branch.id).execute()
  assert.deepEqual(await of(), { ...asleep, computes: 0, branches: 0 })
  await catalog.db.updateTable('projects').set({ deleted_at }).where('id', '=', project.id).execute()
  assert.equal(await of(), undefined)
})

test('it is for the console alone', async () => {
  assert.equal((await api.request('GET', place)).status, 403)
  assert.equal((await api.request('GET', place, { token: '' })).status, 401)
})
