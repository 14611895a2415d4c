// Which call makes which operations, for every call that changes something of a project; their list, and its pages.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as operations from '../catalog/operations.ts'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { hasEnded } from '../contract/operations.ts'
import { served } from '../contract/routes/all.ts'
import { MemoryEngine, until } from '../control/testing.ts'
import * as local from '../engine/local/index.ts'
import { at, openTestApi, type TestAnswer, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
let dataDir: string

before(async () => {
  cluster = await startTestCluster(local)
  // What the template cluster has: the Postgres of the catalog stands for the compute.
  await cluster.query('create role neon_superuser')
  await cluster.query('create role neondb_owner login')
  await cluster.query('create database neondb owner neondb_owner')
  api = await openTestApi(cluster)
  dataDir = await mkdtemp(join(tmpdir(), 'pilotlight-operations-'))
  api.control.parts.settings.dataDir = dataDir
  assert.ok(api.control.parts.engine instanceof MemoryEngine)
  api.control.parts.engine.cloning = 'reflink'
  // The catalog writes the machine's time beside the test's; what ran is counted from one to the other.
  api.clock.pass(Date.now() - api.clock.now())
  await api.control.start()
})
after(async () => {
  await api?.control.stop('leave running')
  await cluster?.stop()
  if (dataDir !== undefined) await rm(dataDir, { recursive: true })
})

interface Places {
  project: string
  branch: string
  endpoint: string
  other: string
  otherEndpoint: string
  snapshot: string
  restored: string
  jwks: string
}
const is: Partial<Places> = {}
const below = (rest = '') => `/projects/${is.project}${rest}`
const onBranch = (rest = '') => below(`/branches/${is.branch}${rest}`)
const onEndpoint = (rest = '') => below(`/endpoints/${is.endpoint}${rest}`)

/** All that calls have made, oldest first. */
async function entered(): Promise<operations.Operation[]> {
  if (is.project === undefined) return []
  const list = await operations.listOfProject(api.catalog.db, is.project, { limit: 1000 })
  return list.filter(({ chain_id }) => chain_id !== null).toReversed()
}
const settled = () =>
  until('all operations ended', async () => (await entered()).every(({ status }) => hasEnded(status)))

interface Row {
  operationId: string
  what?: string
  call(): Promise<TestAnswer>
  makes: string[]
  /** Its answer has no field for them. */
  untold?: true
  note?(answer: TestAnswer): void
}

const asleep: Row = {
  operationId: 'suspendProjectEndpoint',
  call: () => api.ask('POST', onEndpoint('/suspend')),
  makes: ['suspend_compute'],
}

/** One after the other, on one project. */
const rows: Row[] = [
  {
    operationId: 'createProject',
    call: () => api.ask('POST', '/projects', { body: { project: {} } }),
    makes: ['create_timeline', 'start_compute'],
    note(answer) {
      is.project = textAt(answer, 'project.id')
      is.branch = textAt(answer, 'branch.id')
      is.endpoint = textAt(answer, 'endpoints.0.id')
    },
  },
  {
    operationId: 'createProjectBranchRole',
    call: () => api.ask('POST', onBranch('/roles'), { body: { role: { name: 'sally' } } }),
    makes: ['apply_config'],
  },
  {
    operationId: 'createProjectBranchDatabase',
    call: () =>
      api.ask('POST', onBranch('/databases'), { body: { database: { name: 'shop', owner_name: 'sally' } } }),
    makes: ['apply_config'],
  },
  asleep,
  { ...asleep, what: 'which sleeps', makes: [] },
  {
    operationId: 'updateProjectBranchDatabase',
    what: 'whose compute sleeps',
    call: () => api.ask('PATCH', onBranch('/databases/shop'), { body: { database: { name: 'store' } } }),
    makes: ['apply_config', 'suspend_compute'],
  },
  {
    operationId: 'resetProjectBranchRolePassword',
    what: 'whose compute sleeps',
    call: () => api.ask('POST', onBranch('/roles/sally/reset_password')),
    makes: ['apply_config', 'suspend_compute'],
  },
  {
    operationId: 'updateProjectBranchDatabase',
    what: 'which changes nothing',
    call: () => api.ask('PATCH', onBranch('/databases/store'), { body: { database: {} } }),
    makes: [],
  },
  {
    operationId: 'startProjectEndpoint',
    call: () => api.ask('POST', onEndpoint('/start')),
    makes: ['start_compute'],
  },
  {
    operationId: 'restartProjectEndpoint',
    call: () => api.ask('POST', onEndpoint('/restart')),
    makes: ['suspend_compute', 'start_compute'],
  },
  {
    operationId: 'deleteProjectBranchDatabase',
    call: () => api.ask('DELETE', onBranch('/databases/store')),
    makes: ['apply_config'],
  },
  {
    operationId: 'deleteProjectBranchDatabase',
    what: 'which is not there',
    call: () => api.ask('DELETE', onBranch('/databases/store')),
    makes: [],
  },
  {
    operationId: 'deleteProjectBranchRole',
    call: () => api.ask('DELETE', onBranch('/roles/sally')),
    makes: ['apply_config'],
  },
  {
    operationId: 'updateProject',
    call: () => api.ask('PATCH', below(), { body: { project: { name: 'renamed' } } }),
    makes: [],
  },
  {
    operationId: 'updateProject',
    what: 'with another history',
    call: () => api.ask('PATCH', below(), { body: { project: { history_retention_seconds: 3600 } } }),
    makes: ['apply_storage_config'],
  },
  {
    operationId: 'createProjectBranch',
    call: () =>
      api.ask('POST', below('/branches'), {
        body: { branch: { name: 'dev' }, endpoints: [{ type: 'read_write' }] },
      }),
    makes: ['create_branch', 'start_compute'],
    note(answer) {
      is.other = textAt(answer, 'branch.id')
      is.otherEndpoint = textAt(answer, 'endpoints.0.id')
    },
  },
  {
    operationId: 'updateProjectBranch',
    call: () => api.ask('PATCH', below(`/branches/${is.other}`), { body: { branch: { name: 'test' } } }),
    makes: [],
  },
  {
    operationId: 'restoreProjectBranch',
    what: 'from its parent',
    call: () =>
      api.ask('POST', below(`/branches/${is.other}/restore`), { body: { source_branch_id: is.branch } }),
    makes: ['swap_binding_id', 'delete_timeline'],
  },
  {
    operationId: 'deleteProjectEndpoint',
    call: () => api.ask('DELETE', below(`/endpoints/${is.otherEndpoint}`)),
    makes: ['suspend_compute'],
  },
  {
    operationId: 'createProjectEndpoint',
    call: () =>
      api.ask('POST', below('/endpoints'), {
        body: { endpoint: { branch_id: is.other, type: 'read_write' } },
      }),
    makes: ['start_compute'],
    note(answer) {
      is.otherEndpoint = textAt(answer, 'endpoint.id')
    },
  },
  {
    operationId: 'setDefaultProjectBranch',
    call: () => api.ask('POST', below(`/branches/${is.branch}/set_as_default`)),
    makes: [],
  },
  {
    operationId: 'createSnapshot',
    call: () => api.ask('POST', onBranch('/snapshot')),
    makes: ['create_timeline'],
    note(answer) {
      is.snapshot = textAt(answer, 'snapshot.id')
    },
  },
  {
    operationId: 'updateSnapshot',
    call: () => api.ask('PATCH', below(`/snapshots/${is.snapshot}`), { body: { snapshot: { name: 'one' } } }),
    makes: [],
    untold: true,
  },
  {
    operationId: 'restoreSnapshot',
    call: () =>
      api.ask('POST', below(`/snapshots/${is.snapshot}/restore`), {
        body: { name: 'back', target_branch_id: is.branch, finalize_restore: false },
      }),
    makes: ['create_branch', 'start_compute'],
    untold: true,
    note(answer) {
      is.restored = textAt(answer, 'branch.id')
    },
  },
  {
    operationId: 'finalizeRestoreBranch',
    call: () => api.ask('POST', below(`/branches/${is.restored}/finalize_restore`), { body: {} }),
    makes: ['update_catalog'],
    note() {
      is.branch = is.restored!
    },
  },
  {
    operationId: 'deleteSnapshot',
    call: () => api.ask('DELETE', below(`/snapshots/${is.snapshot}`)),
    makes: ['delete_timeline'],
  },
  {
    operationId: 'setSnapshotSchedule',
    call: () => api.ask('PUT', onBranch('/backup_schedule'), { body: { schedule: [] } }),
    makes: [],
    untold: true,
  },
  {
    operationId: 'exportBranch',
    call: () =>
      api.ask('POST', `/pilotlight${below(`/branches/${is.other}/export`)}`, { body: { name: 'out' } }),
    makes: ['prepare_secondary_pageserver'],
  },
  {
    operationId: 'deleteProjectBranch',
    call: () => api.ask('DELETE', below(`/branches/${is.other}`)),
    makes: ['suspend_compute', 'timeline_mark_invisible'],
  },
  {
    operationId: 'recoverProjectBranch',
    call: () => api.ask('POST', below(`/branches/${is.other}/recover`)),
    makes: [],
    untold: true,
  },
  {
    operationId: 'addProjectJWKS',
    call: () =>
      api.ask('POST', below('/jwks'), {
        body: { jwks_url: 'https://example.com/jwks.json', provider_name: 'mine' },
      }),
    makes: [],
    note(answer) {
      is.jwks = textAt(answer, 'jwks.id')
    },
  },
  {
    operationId: 'deleteProjectJWKS',
    call: () => api.ask('DELETE', below(`/jwks/${is.jwks}`)),
    makes: [],
    untold: true,
  },
  {
    operationId: 'updateProjectEndpoint',
    what: 'which may not be used any more',
    call: () => api.ask('PATCH', onEndpoint(), { body: { endpoint: { disabled: true } } }),
    makes: ['suspend_compute'],
  },
  {
    operationId: 'createProjectBranchRole',
    what: 'whose endpoint nobody may use',
    call: () => api.ask('POST', onBranch('/roles'), { body: { role: { name: 'unseen' } } }),
    makes: ['apply_config'],
  },
  {
    operationId: 'updateProjectEndpoint',
    what: 'which may be used again',
    call: () => api.ask('PATCH', onEndpoint(), { body: { endpoint: { disabled: false } } }),
    makes: [],
  },
  {
    operationId: 'deleteProject',
    what: 'of three branches',
    call: () => api.ask('DELETE', below()),
    makes: ['timeline_mark_invisible', 'timeline_mark_invisible', 'timeline_mark_invisible'],
    untold: true,
  },
  {
    operationId: 'recoverProject',
    call: () => api.ask('POST', below('/recover')),
    makes: [],
    untold: true,
  },
]

describe('each call makes its operations, tells them, and they end well', () => {
  for (const { operationId, what, call, makes, untold, note } of rows) {
    test(`${operationId}${what ? `, ${what}` : ''}: ${makes.join(', ') || 'none'}`, async () => {
      const before = new Set((await entered()).map(({ id }) => id))
      const answer = await call()
      assert.ok(answer.status < 300, JSON.stringify(answer.body))
      note?.(answer)
      const made = (await entered()).filter(({ id }) => !before.has(id))
      assert.deepEqual(
        made.map(({ action }) => action),
        makes,
      )
      if (answer.status !== 204 && !untold) {
        const told = at(answer, 'operations') as { id: string }[] | undefined
        assert.deepEqual(
          (told ?? []).map(({ id }) => id),
          made.map(({ id }) => id),
        )
      }
      await settled()
      const ends = (await entered()).filter(({ id }) => !before.has(id))
      for (const { status, action, error } of ends) {
        assert.ok(['finished', 'skipped'].includes(status), `${action} ${status}: ${error}`)
      }
    })
  }

  test('no call that changes a project is left out', () => {
    const known = new Set(rows.map(row => row.operationId))
    const changing = served.filter(
      ({ method, path, operationId }) =>
        method !== 'get' &&
        (/^(\/pilotlight)?\/projects\/\{project_id\}/.test(path) || operationId === 'createProject'),
    )
    assert.deepEqual(
      changing.map(({ operationId }) => operationId).filter(id => !known.has(id)),
      [],
    )
  })
})

describe('the list', () => {
  test('its pages have each operation once, the newest first, in the face of new ones', async () => {
    const all = async (limit: number) => {
      const seen: string[] = []
      let cursor = ''
      for (;;) {
        const answer = await api.ask('GET', below(`/operations?limit=${limit}${cursor}`))
        const page = at(answer, 'operations') as { id: string }[]
        if (page.length === 0) return seen
        seen.push(...page.map(({ id }) => id))
        cursor = `&cursor=${encodeURIComponent(textAt(answer, 'pagination.cursor'))}`
        if (limit === 7) await api.ask('POST', onBranch('/roles/neondb_owner/reset_password'))
      }
    }
    const whole = await all(1000)
    assert.ok(whole.length > 30)
    assert.deepEqual(await all(7), whole)
    await settled()
  })

  test('a cursor that no list gave out, and limits out of bounds, are refused', async () => {
    const odd = Buffer.from(JSON.stringify(['2026-02-31 10:00:00', 0, 'x'])).toString('base64url')
    for (const query of ['cursor=x', `cursor=${odd}`, 'cursor=%00', 'limit=0', 'limit=1001', 'limit=x']) {
      const answer = await api.ask('GET', below(`/operations?${query}`))
      assert.equal(answer.status, 400, query)
    }
  })
})
