import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ConsumptionHistoryGranularity } from '@neondatabase/api-client'
import { connect, psql } from '../fixtures/clients.ts'
import { contractFetch } from '../fixtures/contract.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

interface History {
  projects: {
    project_id: string
    periods: { consumption: { metrics?: { metric_name: string }[] }[] }[]
  }[]
  pagination?: { cursor: string }
}

describe('what is used is measured, and quotas hold', () => {
  let pilotlight: Pilotlight
  before(async () => {
    pilotlight = await Pilotlight.start()
  })
  after(() => pilotlight.stop())

  const sql = (project: ProjectDetails, text: string) => psql(project.uri, text)
  const projectOf = async (id: string) => (await pilotlight.api.getProject(id)).data.project
  const branchOf = async ({ id, branchId }: ProjectDetails) =>
    (await pilotlight.api.getProjectBranch(id, branchId)).data.branch

  /**
   * Until control has heard from the proxies what went to clients. They tell it about once a second, and when that was:
   * so it is told by the time at which a session that is in use shows.
   */
  async function told(project: ProjectDetails): Promise<void> {
    const session = await connect(pilotlight, project)
    const afterwardsMs = Date.now() + 1_000
    const isTold = async () => {
      await session.query('select 1')
      const { data } = await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)
      return Date.parse(data.endpoint.last_active ?? '') >= afterwardsMs
    }
    try {
      await eventually(isTold, { timeoutMs: 20_000, about: () => 'proxies to tell of their clients' })
    } finally {
      await session.end()
    }
  }

  /** Awake, asked things, and asleep again. */
  async function used(text: string): Promise<ProjectDetails> {
    const project = await pilotlight.createProject()
    await pilotlight.settle(project.id)
    await sql(project, text)
    await told(project)
    await pilotlight.suspend(project)
    // It is counted behind the stop, and what was written may be known later than the time.
    const isCounted = async () => {
      const { active_time_seconds, written_data_bytes } = await projectOf(project.id)
      return active_time_seconds > 0 && written_data_bytes > 0
    }
    await eventually(isCounted, { timeoutMs: 20_000, about: () => 'use to be counted' })
    return project
  }

  test('time, WAL, size and bytes to clients', async () => {
    const project = await used(
      `create table t as select repeat('x', 1000) as x from generate_series(1, 5000); select x from t`,
    )
    await eventually(async () => (await branchOf(project)).written_data_bytes > 5_000_000, {
      timeoutMs: 20_000,
      about: () => 'WAL to be counted',
    })
    // Those that came after the stop are written down with the next round.
    await eventually(async () => (await projectOf(project.id)).data_transfer_bytes > 5_000_000, {
      timeoutMs: 90_000,
      about: () => 'bytes to clients to be counted',
    })
    // Only now is all of it counted for certain, and can be compared.
    const branch = await branchOf(project)
    assert.ok(branch.logical_size! > 12_000_000, `logical size ${branch.logical_size}`)
    assert.ok(branch.active_time_seconds >= 1)
    assert.ok(branch.compute_time_seconds <= branch.active_time_seconds)
    const shown = await projectOf(project.id)
    assert.equal(shown.active_time_seconds, branch.active_time_seconds)
    assert.equal(shown.written_data_bytes, branch.written_data_bytes)
    assert.ok(shown.data_transfer_bytes < 20_000_000)
    assert.ok(shown.synthetic_storage_size! >= branch.logical_size!)
    assert.ok(shown.compute_last_active_at)
    const { data } = await pilotlight.api.listProjects({})
    assert.equal(data.projects.find(({ id }) => id === project.id)!.active_time, shown.active_time_seconds)

    const span = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 1_000).toISOString(),
      granularity: ConsumptionHistoryGranularity.Hourly,
      project_ids: [project.id],
    }
    const { data: hours } = await pilotlight.api.getConsumptionHistoryPerProject(span)
    const frames = hours.projects[0]!.periods.flatMap(period => period.consumption)
    assert.equal(
      frames.reduce((sum, frame) => sum + frame.written_data_bytes, 0),
      shown.written_data_bytes,
    )
    assert.ok(frames.at(-1)!.synthetic_storage_size_bytes >= branch.logical_size!)
    const { data: branches } = await pilotlight.api.getConsumptionHistoryPerBranchV2({
      ...{
        ...span,
        org_id: shown.org_id!,
        metrics: ['compute_unit_seconds', 'public_network_transfer_bytes'],
      },
    })
    assert.equal(branches.branches[0]!.branch_id, project.branchId)
    const metrics = branches.branches[0]!.periods.flatMap(period =>
      period.consumption.flatMap(({ metrics = [] }) => metrics),
    )
    assert.equal(
      metrics
        .filter(({ metric_name }) => metric_name === 'public_network_transfer_bytes')
        .reduce((sum, { value }) => sum + value, 0),
      shown.data_transfer_bytes,
    )
  })

  test('history: what can be asked for, and how', async () => {
    const first = await pilotlight.createProject()
    const second = await pilotlight.createProject()
    const { org_id } = await projectOf(first.id)
    const hour = new Date(Date.now() - 3_600_000).toISOString()
    const span = `from=${hour}&to=${new Date().toISOString()}`
    const ask = async (path: string) => {
      const url = `${pilotlight.run.apiUrl}/api/v2/consumption_history/${path}`
      const reply = await contractFetch(url, { headers: { Authorization: `Bearer ${pilotlight.apiKey}` } })
      return { status: reply.status, body: (await reply.json()) as History }
    }
    const ids = `project_ids=${first.id},${second.id}`
    const v1 = await ask(`projects?${span}&granularity=daily&${ids}&include_v1_metrics=true`)
    assert.deepEqual(
      v1.body.projects.map(({ project_id }) => project_id),
      [second.id, first.id],
    )
    assert.ok('data_storage_bytes_hour' in v1.body.projects[0]!.periods[0]!.consumption[0]!)
    const repeated = await ask(
      `v2/projects?${span}&granularity=hourly&org_id=${org_id}&project_ids=${first.id}&project_ids=${second.id}` +
        '&limit=1&metrics=compute_unit_seconds&metrics=extra_branches_month,snapshot_storage_bytes_month',
    )
    assert.equal(repeated.body.projects.length, 1)
    assert.deepEqual(
      repeated.body.projects[0]!.periods[0]!.consumption[0]!.metrics!.map(({ metric_name }) => metric_name),
      ['compute_unit_seconds', 'extra_branches_month', 'snapshot_storage_bytes_month'],
    )
    assert.ok(repeated.body.pagination!.cursor)
    const v2 = `v2/branches?${span}&org_id=${org_id}&project_ids=${first.id}`
    for (const [path, status] of [
      [`projects?${span}&granularity=weekly`, 400],
      [`projects?${span}&granularity=hourly&metrics=ram_bytes`, 400],
      [`projects?${span}&granularity=hourly&limit=101`, 400],
      [`projects?from=yesterday&to=today&granularity=hourly`, 400],
      [`projects?${span}&granularity=hourly&org_id=org-of-others`, 404],
      [`projects?from=2024-03-01T00:00:00Z&to=2024-03-02T00:00:00Z&granularity=hourly`, 406],
      [`v2/projects?${span}&granularity=hourly&metrics=compute_unit_seconds`, 400],
      [`v2/projects?${span}&granularity=hourly&org_id=${org_id}`, 400],
      [`${v2}&granularity=daily&metrics=extra_branches_month`, 400],
      [`${v2}&granularity=daily&metrics=compute_unit_seconds`, 200],
      [`v2/branches?${span}&org_id=${org_id}&granularity=daily&metrics=compute_unit_seconds`, 400],
      [
        `projects?${span}&granularity=daily&project_ids=${Array.from({ length: 101 }, (_, n) => `p-${n}`)}`,
        400,
      ],
    ] as const) {
      assert.equal((await ask(path)).status, status, path)
    }
  })

  test('advisors look at a sleeping database, and wake it', async () => {
    const project = await used('create table heap (n int)')
    const { data } = await pilotlight.api.getProjectAdvisorSecurityIssues({ projectId: project.id })
    assert.deepEqual(
      data.issues.map(({ cache_key }) => cache_key),
      ['no_primary_key_public_heap'],
    )
  })

  test('a quota that is used up: computes are stopped, nobody starts one, until it is raised', async () => {
    const project = await used('create table t as select generate_series(1, 10000) as n')
    await pilotlight.api.updateProject(project.id, {
      project: { settings: { quota: { written_data_bytes: 1 } } },
    })
    const refused = await psql(project.uri, 'select 1')
    assert.match(refused.stderr, /Your project has exceeded the written data quota/)
    await assert.rejects(
      pilotlight.api.startProjectEndpoint(project.id, project.endpointId),
      (error: unknown) => {
        const { status, data } = (error as { response: { status: number; data: { code: string } } }).response
        assert.equal(status, 402)
        assert.equal(data.code, 'WRITTEN_DATA_QUOTA_EXCEEDED')
        return true
      },
    )
    await pilotlight.api.updateProject(project.id, {
      project: { settings: { quota: { written_data_bytes: 0 } } },
    })
    assert.equal((await sql(project, 'select count(*) from t')).stdout.trim(), '10000')

    // Awake: it is stopped.
    await pilotlight.api.updateProject(project.id, {
      project: { settings: { quota: { active_time_seconds: 1 } } },
    })
    const { data } = await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)
    assert.equal(data.endpoint.current_state, 'idle')
    assert.match((await psql(project.uri, 'select 1')).stderr, /active time quota/)
  })

  test('a branch that holds more than it may: it is read, and what was written can be deleted', async () => {
    const project = await pilotlight.createProject({
      default_endpoint_settings: { suspend_timeout_seconds: -1 },
    })
    await pilotlight.settle(project.id)
    await sql(project, 'create table t as select generate_series(1, 1000) as n')
    await pilotlight.suspend(project)
    await eventually(async () => (await branchOf(project)).logical_size !== undefined, {
      timeoutMs: 20_000,
      about: () => 'the size to be known',
    })
    // Awake when the limit comes, and asleep.
    assert.equal((await sql(project, 'select count(*) from t')).stdout, '1000')
    const setLimit = async (bytes: number) => {
      const settings = { quota: { logical_size_bytes: bytes } }
      const { data } = await pilotlight.api.updateProject(project.id, { project: { settings } })
      assert.equal(data.project.branch_logical_size_limit_bytes, bytes)
    }
    await setLimit(2_097_152)
    for (const round of ['awake', 'woken']) {
      await eventually(
        async () => /read-only/.test((await sql(project, 'insert into t values (0)')).stderr),
        {
          timeoutMs: 20_000,
          about: () => `sessions to begin read-only, ${round}`,
        },
      )
      assert.ok(Number((await sql(project, 'select count(*) from t')).stdout) > 0)
      const deleted = await sql(project, 'begin read write; delete from t where n % 2 = 0; commit')
      assert.equal(deleted.code, 0, deleted.stderr)
      await pilotlight.suspend(project)
    }
    // Our own work inside goes on.
    await pilotlight.api.resetProjectBranchRolePassword(project.id, project.branchId, project.role)
    await pilotlight.settle(project.id)
    const { data: revealed } = await pilotlight.api.getProjectBranchRolePassword(
      project.id,
      project.branchId,
      project.role,
    )
    await setLimit(0)
    const uri = project.uri.replace(project.password, revealed.password)
    await eventually(async () => (await psql(uri, 'insert into t values (0)')).code === 0, {
      timeoutMs: 20_000,
      about: () => 'it to be writable again',
    })
  })

  test('control is killed: what it knew is not counted again, what ran without it is counted', async () => {
    const project = await pilotlight.createProject({
      default_endpoint_settings: { suspend_timeout_seconds: -1 },
    })
    await pilotlight.settle(project.id)
    const startedAt = Date.now()
    await sql(project, 'create table t as select generate_series(1, 1000) as n')
    const [control] = pilotlight.children('control-process')
    process.kill(control!, 'SIGKILL')
    await sql(project, `insert into t select generate_series(1, 100000)`)
    await eventually(() => pilotlight.children('control-process').some(pid => pid !== control), {
      timeoutMs: 30_000,
      about: () => 'the next control',
    })
    await eventually(async () => (await projectOf(project.id).catch(() => null)) !== null, {
      timeoutMs: 30_000,
      about: () => 'the API to answer',
    })
    await pilotlight.suspend(project)
    await eventually(async () => (await projectOf(project.id)).written_data_bytes > 5_000_000, {
      timeoutMs: 30_000,
      about: () => 'WAL that was written without control to be counted',
    })
    const seconds = (await projectOf(project.id)).active_time_seconds
    assert.ok(seconds >= 1 && seconds * 1000 <= Date.now() - startedAt + 60_000, `${seconds} s`)
  })
})
