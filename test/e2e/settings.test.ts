// Settings that the API takes, and what a client then meets.

import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { EndpointType } from '@neondatabase/api-client'
import pg from 'pg'
import { connect, pgConfig, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

interface Refusal {
  response?: { status: number; data: { code: string; message: string } }
}

const refused =
  (status: number, message: RegExp) =>
  ({ response }: Refusal): boolean => {
    assert.deepEqual(
      [response?.status, message.test(response?.data.message ?? '')],
      [status, true],
      response?.data.message,
    )
    return true
  }

describe('settings', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({
      name: 'settings',
      default_endpoint_settings: {
        autoscaling_limit_min_cu: 0.5,
        autoscaling_limit_max_cu: 0.5,
        pg_settings: { work_mem: '5MB' },
      },
    })
    await pilotlight.settle(project.id)
  })
  after(() => pilotlight.stop())

  const show = async (name: string, of = project): Promise<unknown> =>
    Object.values((await query(pilotlight, of, `show ${name}`))[0]!)[0]

  /** A client whose socket is bound to another address of this machine. */
  const clientFrom = async (address: string, of = project, password = of.password): Promise<pg.Client> => {
    const socket = new Socket()
    const plain = socket.connect.bind(socket)
    socket.connect = ((port: number, host: string) =>
      plain({ port, host, localAddress: address })) as typeof socket.connect
    const client = new pg.Client({ ...pgConfig(pilotlight, of), password, stream: () => socket })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  test('a project’s defaults are its first endpoint’s settings', async () => {
    const { data } = await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)
    const { autoscaling_limit_min_cu: min, autoscaling_limit_max_cu: max, settings } = data.endpoint
    assert.deepEqual([min, max, settings], [0.5, 0.5, { pg_settings: { work_mem: '5MB' } }])
    assert.equal(await show('work_mem'), '5MB')
    assert.equal(await show('max_connections'), '209')
    assert.equal(await show('shared_buffers'), '32MB')
    const { data: shown } = await pilotlight.api.getProject(project.id)
    assert.deepEqual(shown.project.default_endpoint_settings?.pg_settings, { work_mem: '5MB' })
  })

  test('a running compute takes up new settings without a restart, where Postgres can', async () => {
    const client = await connect(pilotlight, project)
    try {
      const pg_settings = { Work_Mem: '6MB', 'app.note': `it's "so"`, max_locks_per_transaction: '70' }
      const { data } = await pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, {
        endpoint: { settings: { pg_settings, pgbouncer_settings: { default_pool_size: '10' } } },
      })
      assert.deepEqual(
        data.operations.map(({ action }) => action),
        ['apply_config'],
      )
      assert.deepEqual(data.endpoint.settings, {
        pg_settings,
        pgbouncer_settings: { default_pool_size: '10' },
      })
      await pilotlight.settle(project.id)
      // The same session, untouched.
      await eventually(async () => (await client.query('show work_mem')).rows[0].work_mem === '6MB', {
        timeoutMs: 10_000,
        about: () => 'the reload',
      })
      assert.equal(await show('app.note'), `it's "so"`)
      assert.equal(await show('max_locks_per_transaction'), '64')
    } finally {
      await client.end()
    }
    await pilotlight.suspend(project)
    assert.equal(await show('max_locks_per_transaction'), '70')
  })

  test('a sleeping compute has them at its next start, and is not woken for them', async () => {
    await pilotlight.suspend(project)
    const { data } = await pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, {
      endpoint: { autoscaling_limit_min_cu: 1, autoscaling_limit_max_cu: 1 },
    })
    assert.equal(data.endpoint.current_state, 'idle')
    await pilotlight.settle(project.id)
    assert.equal(pilotlight.computes().length, 0)
    assert.equal(await show('max_connections'), '419')
    assert.equal(await show('work_mem'), '6MB')
  })

  test('what Postgres would not take is refused, in its words; what would break us, too', async () => {
    const update = (endpoint: object) =>
      pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, { endpoint })
    const settings = (pg_settings: Record<string, string>) => update({ settings: { pg_settings } })
    for (const [wanted, status, message] of [
      [{ work_mem: 'much' }, 400, /invalid value for parameter "work_mem": "much"/],
      [{ max_connections: '0' }, 400, /outside the valid range for parameter "max_connections"/],
      [{ no_such_setting: '1' }, 400, /unrecognized configuration parameter "no_such_setting"/],
      [{ block_size: '1' }, 400, /"block_size" cannot be changed/],
      [{ 'work_mem = 1\nfsync': 'off' }, 400, /is no name of a setting/],
      [{ work_mem: '1MB\nfsync = off' }, 400, /control characters/],
      [{ work_mem: '1MB', WORK_MEM: '2MB' }, 400, /given twice/],
      [{ fsync: 'off' }, 422, /endpoint\.settings\.pg_settings\.fsync cannot be chosen/],
      [{ Listen_Addresses: '*' }, 422, /cannot be chosen/],
      [{ archive_command: 'touch /tmp/x' }, 422, /cannot be chosen/],
      [{ shared_preload_libraries: 'x' }, 422, /use preload_libraries/],
      [{ wal_level: 'minimal' }, 422, /use enable_logical_replication/],
    ] as [Record<string, string>, number, RegExp][]) {
      await assert.rejects(settings(wanted), refused(status, message), JSON.stringify(wanted))
    }
    for (const [wanted, message] of [
      [{ autoscaling_limit_min_cu: 2, autoscaling_limit_max_cu: 1 }, /must not be larger/],
      [{ autoscaling_limit_min_cu: 1, autoscaling_limit_max_cu: 10 }, /not be more than 8 larger/],
      [{ autoscaling_limit_min_cu: 0.3 }, /0\.25, 0\.5, or a whole number/],
      [{ autoscaling_limit_max_cu: 57 }, /autoscaling_limit_max_cu/],
      [{ suspend_timeout_seconds: 59 }, /at least 60/],
      [{ suspend_timeout_seconds: -2 }, /suspend_timeout_seconds/],
      [{ pooler_mode: 'session' }, /pooler_mode/],
      [{ provisioner: 'k8s-moon' }, /provisioner/],
      [
        { settings: { preload_libraries: { enabled_libraries: ['no_such'] } } },
        /"no_such" cannot be preloaded/,
      ],
    ] as [object, RegExp][]) {
      await assert.rejects(update(wanted), refused(400, message), JSON.stringify(wanted))
    }
    // Nothing of all that was kept.
    const { data } = await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)
    assert.equal(data.endpoint.settings.pg_settings?.Work_Mem, '6MB')
  })

  test('settings with which Postgres does not come up cost no endpoint', async () => {
    const bad = await pilotlight.createProject({
      name: 'bad settings',
      default_endpoint_settings: { pg_settings: { huge_pages: 'on', work_mem: '9MB' } },
    })
    assert.equal(await show('work_mem', bad), '4MB')
    const { data } = await pilotlight.api.updateProjectEndpoint(bad.id, bad.endpointId, {
      endpoint: { settings: { pg_settings: { work_mem: '9MB' } } },
    })
    assert.deepEqual(data.endpoint.settings.pg_settings, { work_mem: '9MB' })
    await pilotlight.suspend(bad)
    assert.equal(await show('work_mem', bad), '9MB')
    await pilotlight.api.deleteProject(bad.id)
  })

  test('settings for sessions are the users’ own: Pilotlight gets its work done', async () => {
    const hurried = await pilotlight.createProject({
      name: 'hurried',
      default_endpoint_settings: {
        pg_settings: {
          search_path: 'mine, pg_catalog',
          statement_timeout: '1ms',
          idle_session_timeout: '1ms',
        },
      },
    })
    await pilotlight.settle(hurried.id)
    await pilotlight.api.resetProjectBranchRolePassword(hurried.id, hurried.branchId, hurried.role)
    await pilotlight.api.createProjectBranch(hurried.id, { branch: { name: 'child' } })
    await pilotlight.settle(hurried.id)
    await pilotlight.api.deleteProject(hurried.id)
  })

  test('libraries that are preloaded', async () => {
    const { data } = await pilotlight.api.getAvailablePreloadLibraries(project.id)
    const names = data.libraries?.map(({ library_name }) => library_name) ?? []
    assert.ok(names.includes('auto_explain') && names.includes('pg_stat_statements'), names.join())
    assert.equal(await show('shared_preload_libraries'), '')
    await pilotlight.api.updateProject(project.id, {
      project: {
        settings: { preload_libraries: { use_defaults: true, enabled_libraries: ['pg_stat_statements'] } },
      },
    })
    await pilotlight.suspend(project)
    assert.equal(await show('shared_preload_libraries'), 'pg_stat_statements')
    // Its settings are there: so it is loaded.
    assert.equal(await show('pg_stat_statements.max'), '5000')
    // An endpoint's own choice goes before its project's.
    await pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, {
      endpoint: { settings: { preload_libraries: { use_defaults: false } } },
    })
    await pilotlight.suspend(project)
    assert.equal(await show('shared_preload_libraries'), '')
  })

  test('who may connect, by address', async () => {
    const allow = async (settings: object) => {
      const { data } = await pilotlight.api.updateProject(project.id, { project: { settings } })
      return data.project.settings
    }
    const denied = /^This IP address 127\.0\.0\.2 is not allowed to connect to this endpoint\./
    const open = await clientFrom('127.0.0.2')
    const kept = await allow({ allowed_ips: { ips: ['127.0.0.1', '10.0.0.0/8'] } })
    assert.deepEqual(kept?.allowed_ips, { ips: ['127.0.0.1', '10.0.0.0/8'] })
    // Proxies are told: no cached answer lets anybody in.
    await assert.rejects(clientFrom('127.0.0.2'), { message: denied })
    // Sessions that are there stay, and the other address comes in.
    await open.query('select 1')
    await open.end()
    await (await clientFrom('127.0.0.1')).end()
    // Before the password, and whoever one says one is.
    await assert.rejects(clientFrom('127.0.0.2', project, 'wrong'), { message: denied })
    await assert.rejects(clientFrom('127.0.0.2', { ...project, role: 'nobody' }), { message: denied })
    // And before anything is woken.
    await pilotlight.suspend(project)
    await assert.rejects(clientFrom('127.0.0.2'), { message: denied })
    assert.equal(pilotlight.computes().length, 0)
    await allow({ allowed_ips: { ips: ['127.0.0.1-127.0.0.9'] } })
    await (await clientFrom('127.0.0.2')).end()
    // For protected branches only: this one is none, until it is.
    await allow({ allowed_ips: { ips: ['127.0.0.1'], protected_branches_only: true } })
    await (await clientFrom('127.0.0.2')).end()
    await pilotlight.api.updateProjectBranch(project.id, project.branchId, { branch: { protected: true } })
    await assert.rejects(clientFrom('127.0.0.2'), { message: denied })
    await pilotlight.api.updateProjectBranch(project.id, project.branchId, { branch: { protected: false } })
    // Loopback is no public network; the block goes before the list.
    await allow({ allowed_ips: { ips: ['203.0.113.7'] }, block_public_connections: true })
    await (await clientFrom('127.0.0.2')).end()
    await allow({ allowed_ips: { ips: [] }, block_public_connections: false })
    await (await clientFrom('127.0.0.2')).end()
    for (const entry of ['example.com', '1.2.3.4/33', '1.2.3.9-1.2.3.4']) {
      await assert.rejects(allow({ allowed_ips: { ips: [entry] } }), refused(400, /neither an IP address/))
    }
  })

  test('logical replication is turned on for good, and sessions end for it', async () => {
    const client = await connect(pilotlight, project)
    const ended = new Promise(resolve => client.once('end', resolve))
    assert.equal(await show('wal_level'), 'replica')
    const { data } = await pilotlight.api.updateProject(project.id, {
      project: { settings: { enable_logical_replication: true } },
    })
    assert.equal(data.project.settings?.enable_logical_replication, true)
    assert.deepEqual(
      data.operations.map(({ action }) => action),
      ['suspend_compute'],
    )
    await ended
    await pilotlight.settle(project.id)
    assert.equal(await show('wal_level'), 'logical')
    await query(pilotlight, project, `select pg_create_logical_replication_slot('feed', 'pgoutput')`)
    const [slot] = await query<{ active: boolean; slot_type: string }>(
      pilotlight,
      project,
      `select active, slot_type from pg_replication_slots where slot_name = 'feed'`,
    )
    assert.deepEqual(slot, { active: false, slot_type: 'logical' })
    await assert.rejects(
      pilotlight.api.updateProject(project.id, {
        project: { settings: { enable_logical_replication: false } },
      }),
      refused(400, /cannot be disabled/),
    )
    await query(pilotlight, project, `select pg_drop_replication_slot('feed')`)
  })

  test('what has no effect here is kept, and comes back as it was sent', async () => {
    const settings = {
      quota: { active_time_seconds: 1_000_000, logical_size_bytes: 0 },
      maintenance_window: { weekdays: [1, 7], start_time: '03:30', end_time: '04:30' },
      block_vpc_connections: true,
      hipaa: false,
    }
    await pilotlight.api.updateProject(project.id, { project: { settings } })
    const { data } = await pilotlight.api.getProject(project.id)
    const { quota, maintenance_window, block_vpc_connections, hipaa } = data.project.settings!
    assert.deepEqual({ quota, maintenance_window, block_vpc_connections, hipaa }, settings)
    const endpoint = { pooler_enabled: true, passwordless_access: true, provisioner: 'k8s-pod' }
    const changed = await pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, { endpoint })
    const { pooler_enabled, passwordless_access, provisioner } = changed.data.endpoint
    assert.deepEqual({ pooler_enabled, passwordless_access, provisioner }, endpoint)
    assert.deepEqual(changed.data.operations, [])
    await assert.rejects(
      pilotlight.api.updateProject(project.id, {
        project: {
          settings: { maintenance_window: { weekdays: [8], start_time: '03:30', end_time: '25:00' } },
        },
      }),
      refused(400, /weekdays|end_time/),
    )
  })

  test('a disabled endpoint says so, to clients and to callers', async () => {
    await query(pilotlight, project, 'select 1')
    await pilotlight.settle(project.id)
    const set = (disabled: boolean) =>
      pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, { endpoint: { disabled } })
    assert.deepEqual(
      (await set(true)).data.operations.map(({ action }) => action),
      ['suspend_compute'],
    )
    await pilotlight.settle(project.id)
    await assert.rejects(query(pilotlight, project, 'select 1'), { message: /endpoint has been disabled/ })
    await assert.rejects(
      pilotlight.api.startProjectEndpoint(project.id, project.endpointId),
      refused(406, /disabled/),
    )
    await set(false)
    await query(pilotlight, project, 'select 1')
  })

  test('a project that stores no passwords shows none', async () => {
    const silent = await pilotlight.createProject({ name: 'silent', store_passwords: false })
    assert.ok(silent.password.length > 0)
    await assert.rejects(
      pilotlight.api.getProjectBranchRolePassword(silent.id, silent.branchId, silent.role),
      refused(412, /passwords/i),
    )
    await pilotlight.api.deleteProject(silent.id)
  })

  test('read-only endpoints are not there yet, and the answer says what to do instead', async () => {
    await assert.rejects(
      pilotlight.api.createProjectEndpoint(project.id, {
        endpoint: { branch_id: project.branchId, type: EndpointType.ReadOnly },
      }),
      refused(422, /not supported yet.*--type read_write/),
    )
  })
})
