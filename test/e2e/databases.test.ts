// Roles and databases by the API, in a real Postgres: what the API says is so, whoever made it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import { hasEnded } from '../../src/contract/operations.ts'
import { connect, hostUri, psql, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

describe('roles and databases', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'contents' })
    await pilotlight.settle(project.id)
  })
  after(() => pilotlight.stop())

  const place = (): [string, string] => [project.id, project.branchId]
  const settled = () => pilotlight.settle(project.id)
  const databaseNames = async (branchId = project.branchId) =>
    (await pilotlight.api.listProjectBranchDatabases(project.id, branchId)).data.databases
      .map(({ name }) => name)
      .sort()
  const roleNames = async (branchId = project.branchId) =>
    (await pilotlight.api.listProjectBranchRoles(project.id, branchId)).data.roles
      .map(({ name }) => name)
      .sort()
  const as = (role: string, password: string, database = project.database) => ({
    ...project,
    ...{ role, password, database },
  })
  const actions = (operations: { action: string }[]) => operations.map(({ action }) => action)
  const refused = (work: Promise<unknown>, status: number, message: RegExp) =>
    assert.rejects(work, (error: { response?: { status: number; data: { message: string } } }) => {
      assert.equal(error.response?.status, status, JSON.stringify(error.response?.data))
      assert.match(error.response!.data.message, message)
      return true
    })
  const makeRole = async (name: string) => {
    const { data } = await pilotlight.api.createProjectBranchRole(...place(), { role: { name } })
    await settled()
    return { name, password: data.role.password! }
  }
  const makeDatabase = async (name: string, owner = project.role) => {
    await pilotlight.api.createProjectBranchDatabase(...place(), { database: { name, owner_name: owner } })
    await settled()
    return name
  }
  /** Until the answer of a list, which is up to a second old, has it. */
  const listed = (about: string, check: () => Promise<boolean>) =>
    eventually(check, { timeoutMs: 10_000, about: () => `${about} to be listed` })
  const ended = (client: pg.Client) =>
    new Promise<string>(resolve =>
      client.once('error', (error: pg.DatabaseError) => resolve(error.code ?? '')),
    )

  test('a database: made, renamed, given away, deleted; its sessions end', async () => {
    const { api } = pilotlight
    const made = await api.createProjectBranchDatabase(...place(), {
      database: { name: 'shop', owner_name: project.role },
    })
    assert.equal(made.status, 201)
    assert.deepEqual(actions(made.data.operations), ['apply_config'])
    assert.equal(made.data.database.owner_name, project.role)
    assert.deepEqual(await databaseNames(), ['neondb', 'shop'])
    await settled()
    const shop = as(project.role, project.password, 'shop')
    await query(pilotlight, shop, 'create table goods (id int primary key); insert into goods values (1)')
    await refused(
      api.createProjectBranchDatabase(...place(), { database: { name: 'shop', owner_name: project.role } }),
      409,
      /database already exists; database_name:"shop"/,
    )

    const session = await connect(pilotlight, shop)
    const end = ended(session)
    const renamed = await api.updateProjectBranchDatabase(...place(), 'shop', { database: { name: 'store' } })
    assert.deepEqual([renamed.data.database.name, renamed.data.database.id], ['store', made.data.database.id])
    await settled()
    assert.equal(await end, '57P01')
    const store = as(project.role, project.password, 'store')
    assert.deepEqual(await query(pilotlight, store, 'select id from goods'), [{ id: 1 }])
    assert.deepEqual(await databaseNames(), ['neondb', 'store'])

    const keeper = await makeRole('keeper')
    await api.updateProjectBranchDatabase(...place(), 'store', { database: { owner_name: 'keeper' } })
    await settled()
    const { data } = await api.getProjectBranchDatabase(...place(), 'store')
    assert.equal(data.database.owner_name, 'keeper')
    await query(pilotlight, as(keeper.name, keeper.password, 'store'), 'create table public.of_keeper ()')
    const nothing = await api.updateProjectBranchDatabase(...place(), 'store', { database: {} })
    assert.deepEqual(nothing.data.operations, [])

    const last = ended(await connect(pilotlight, store))
    const deleted = await api.deleteProjectBranchDatabase(...place(), 'store')
    assert.equal(deleted.status, 200)
    assert.deepEqual(await databaseNames(), ['neondb'])
    await settled()
    assert.equal(await last, '57P01')
    assert.match(
      (await psql(hostUri(pilotlight, store), 'select 1')).stderr,
      /database "store" does not exist/,
    )
    assert.equal((await api.deleteProjectBranchDatabase(...place(), 'store')).status, 204)
    await refused(api.getProjectBranchDatabase(...place(), 'store'), 404, /database not found/)
  })

  test('a role: made as Neon makes it, and gone with its sessions; what it owned is kept', async () => {
    const { api } = pilotlight
    const made = await api.createProjectBranchRole(...place(), { role: { name: 'sally' } })
    assert.equal(made.status, 201)
    assert.deepEqual(actions(made.data.operations), ['apply_config'])
    await settled()
    const sally = as('sally', made.data.role.password!)
    const [rights] = await query(
      pilotlight,
      sally,
      `select rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolsuper,
              pg_has_role(current_user, 'neon_superuser', 'usage') as member
         from pg_roles where rolname = current_user`,
    )
    assert.deepEqual(rights, {
      ...{ rolcreaterole: true, rolcreatedb: true, rolbypassrls: true, rolreplication: true },
      ...{ rolsuper: false, member: true },
    })
    const { data: revealed } = await api.getProjectBranchRolePassword(...place(), 'sally')
    assert.equal(revealed.password, made.data.role.password)
    await refused(
      api.createProjectBranchRole(...place(), { role: { name: 'sally' } }),
      409,
      /role already exists; role_name:"sally"/,
    )

    await makeDatabase('hers', 'sally')
    await refused(
      api.deleteProjectBranchRole(...place(), 'sally'),
      422,
      /cannot delete role "sally" that owns databases: hers/,
    )
    await api.updateProjectBranchDatabase(...place(), 'hers', { database: { owner_name: project.role } })
    await settled()
    await query(
      pilotlight,
      { ...sally, database: 'hers' },
      `create schema work; create table work.done (id int); insert into work.done values (7);
       create role helper; grant helper to ${project.role};
       create function work.f() returns int language sql as 'select 1'; grant select on work.done to helper`,
    )
    const session = await connect(pilotlight, sally)
    await session.query('begin')
    const end = ended(session)
    const deleted = await api.deleteProjectBranchRole(...place(), 'sally')
    assert.equal(deleted.status, 200)
    assert.match(
      (await psql(hostUri(pilotlight, sally), 'select 1')).stderr,
      /password authentication failed/,
    )
    await settled()
    assert.equal(await end, '57P01')
    const hers = as(project.role, project.password, 'hers')
    const [kept] = await query(
      pilotlight,
      hers,
      `select id, (select tableowner from pg_tables where tablename = 'done') as owner from work.done`,
    )
    assert.deepEqual(kept, { id: 7, owner: project.role })
    assert.equal((await api.deleteProjectBranchRole(...place(), 'sally')).status, 204)
    await refused(api.getProjectBranchRole(...place(), 'sally'), 404, /role not found/)
  })

  test('a role that cannot log in is a group', async () => {
    const { api } = pilotlight
    const { data } = await api.createProjectBranchRole(...place(), {
      role: { name: 'staff', no_login: true },
    })
    assert.equal(data.role.password, undefined)
    assert.equal(data.role.authentication_method, 'no_login')
    await settled()
    const member = await makeRole('member')
    await query(pilotlight, project, 'grant staff to member')
    const [row] = await query(
      pilotlight,
      as(member.name, member.password),
      `select pg_has_role('staff', 'member') as is_member, rolcanlogin, rolcreatedb
         from pg_roles where rolname = 'staff'`,
    )
    assert.deepEqual(row, { is_member: true, rolcanlogin: false, rolcreatedb: false })
    await refused(api.getProjectBranchRolePassword(...place(), 'staff'), 412, /the role cannot log in/)
    await refused(api.resetProjectBranchRolePassword(...place(), 'staff'), 422, /cannot log in/)
    await api.deleteProjectBranchRole(...place(), 'staff')
    await settled()
  })

  test('names that need quoting, of 63 bytes, in any script', async () => {
    const { api } = pilotlight
    const names = [`o'Neil "the" 100% owner`, 'Ü b e r', '数据库', 'x'.repeat(63), 'a/b?c#d', '--; drop']
    for (const name of names) {
      await api.createProjectBranchRole(...place(), { role: { name } })
      await api.createProjectBranchDatabase(...place(), { database: { name, owner_name: name } })
    }
    await settled()
    for (const name of names) {
      const { data: revealed } = await api.getProjectBranchRolePassword(...place(), name)
      const [row] = await query(
        pilotlight,
        as(name, revealed.password, name),
        'select current_user as role, current_database() as database',
      )
      assert.deepEqual(row, { role: name, database: name })
      await api.updateProjectBranchDatabase(...place(), name, {
        database: { name: `${name.slice(0, 60)}-2` },
      })
      await api.deleteProjectBranchDatabase(...place(), `${name.slice(0, 60)}-2`)
      await api.deleteProjectBranchRole(...place(), name)
    }
    await settled()
    const [left] = await query<{ count: number }>(
      pilotlight,
      project,
      `select count(*)::int as count from pg_database where datname like '%-2'`,
    )
    assert.equal(left?.count, 0)
    assert.deepEqual(
      (await roleNames()).filter(name => names.includes(name)),
      [],
    )
  })

  test('what is not to be touched is refused', async () => {
    const { api } = pilotlight
    for (const name of ['postgres', 'template0', 'template1']) {
      await refused(api.deleteProjectBranchDatabase(...place(), name), 422, /is reserved/)
      await refused(
        api.updateProjectBranchDatabase(...place(), name, { database: { name: 'mine' } }),
        422,
        /is reserved/,
      )
      await refused(
        api.createProjectBranchDatabase(...place(), { database: { name, owner_name: project.role } }),
        400,
        /are reserved/,
      )
    }
    for (const name of ['cloud_admin', 'neon_superuser', 'pg_monitor']) {
      await refused(api.deleteProjectBranchRole(...place(), name), 422, /is reserved/)
      await refused(api.resetProjectBranchRolePassword(...place(), name), 422, /is reserved/)
      await refused(api.createProjectBranchRole(...place(), { role: { name } }), 400, /reserved/)
      await refused(
        api.createProjectBranchDatabase(...place(), { database: { name: 'mine', owner_name: name } }),
        404,
        /role not found/,
      )
    }
    await refused(
      api.updateProjectBranchDatabase(...place(), 'none', { database: { name: 'mine' } }),
      404,
      /database not found/,
    )
    assert.deepEqual((await databaseNames()).includes('mine'), false)
  })

  test('what was made, renamed and dropped in SQL is what the API tells', async () => {
    const { api } = pilotlight
    await query(pilotlight, project, `create role by_sql login password 'Kr4ut-und-Rüben-2026'`)
    await query(pilotlight, project, 'create database db_by_sql')
    await listed('by_sql', async () => (await roleNames()).includes('by_sql'))
    assert.ok((await databaseNames()).includes('db_by_sql'))
    await refused(api.getProjectBranchRolePassword(...place(), 'by_sql'), 412, /it was set in SQL/)
    await refused(
      api.createProjectBranchRole(...place(), { role: { name: 'by_sql' } }),
      409,
      /role already exists/,
    )

    const ours = await makeRole('ours')
    await query(pilotlight, project, 'alter database db_by_sql rename to db_renamed')
    const admin = as(ours.name, ours.password)
    await query(pilotlight, { ...admin, role: project.role, password: project.password }, 'select 1')
    await listed('db_renamed', async () => (await databaseNames()).includes('db_renamed'))
    assert.equal((await databaseNames()).includes('db_by_sql'), false)

    await query(pilotlight, project, 'drop database db_renamed; ')
    await query(pilotlight, project, 'alter role by_sql rename to by_sql_2')
    await listed('by_sql_2', async () => (await roleNames()).includes('by_sql_2'))
    await query(pilotlight, project, 'drop role by_sql_2')
    await listed('no by_sql_2', async () => !(await roleNames()).includes('by_sql_2'))
    assert.equal((await databaseNames()).includes('db_renamed'), false)
    assert.equal((await api.deleteProjectBranchRole(...place(), 'by_sql_2')).status, 204)
  })

  test('a sleeping compute is woken for it, and sleeps again, unless somebody has come', async () => {
    const { api } = pilotlight
    await pilotlight.suspend(project)
    const { data } = await api.createProjectBranchDatabase(...place(), {
      database: { name: 'asleep', owner_name: project.role },
    })
    assert.deepEqual(actions(data.operations), ['apply_config', 'suspend_compute'])
    await settled()
    const endpoint = async () => (await api.getProjectEndpoint(project.id, project.endpointId)).data.endpoint
    assert.equal((await endpoint()).current_state, 'idle')
    assert.ok((await databaseNames()).includes('asleep'))

    // Who comes is served in any case; on a slow machine they may come when it sleeps again.
    const statuses: string[] = []
    for (let n = 0; n < 8 && !statuses.includes('skipped'); n++) {
      await pilotlight.suspend(project)
      const { data: change } = await api.createProjectBranchDatabase(...place(), {
        database: { name: `somebody ${n}`, owner_name: project.role },
      })
      const client = await connect(pilotlight, project)
      await settled()
      assert.deepEqual((await client.query('select 1 as one')).rows, [{ one: 1 }])
      await client.end()
      const { data: told } = await api.getProjectOperation(project.id, change.operations[1]!.id)
      statuses.push(told.operation.status)
    }
    assert.ok(statuses.includes('skipped'), statuses.join())
  })

  test('who connects as soon as the call is answered is held until it is there', async () => {
    const { api } = pilotlight
    for (const state of ['awake', 'asleep']) {
      if (state === 'asleep') await pilotlight.suspend(project)
      const name = `at once, ${state}`
      const { data } = await api.createProjectBranchRole(...place(), { role: { name } })
      await api.createProjectBranchDatabase(...place(), { database: { name, owner_name: name } })
      const details = as(name, data.role.password!, name)
      assert.deepEqual(await query(pilotlight, details, 'select current_user as role'), [{ role: name }])
      await settled()
    }
  })

  test('a branch without an endpoint is changed all the same', async () => {
    const { api } = pilotlight
    const { data } = await api.createProjectBranch(project.id, { branch: { name: 'bare' } })
    const bare = data.branch.id
    const role = await api.createProjectBranchRole(project.id, bare, { role: { name: 'of_bare' } })
    await api.createProjectBranchDatabase(project.id, bare, {
      database: { name: 'in_bare', owner_name: 'of_bare' },
    })
    const reset = await api.resetProjectBranchRolePassword(project.id, bare, project.role)
    assert.deepEqual(actions(reset.data.operations), ['apply_config'])
    await settled()
    assert.equal((await api.getProjectBranch(project.id, bare)).data.branch.current_state, 'ready')
    const { data: endpoint } = await api.createProjectEndpoint(project.id, {
      endpoint: { branch_id: bare, type: 'read_write' as never },
    })
    await settled()
    const there = { ...project, host: endpoint.endpoint.host, endpointId: endpoint.endpoint.id }
    for (const [name, password] of [
      ['of_bare', role.data.role.password!],
      [project.role, reset.data.role.password!],
    ] as const) {
      const [row] = await query(
        pilotlight,
        { ...there, role: name, password, database: 'in_bare' },
        'select current_user as role',
      )
      assert.deepEqual(row, { role: name })
    }
    assert.equal((await databaseNames()).includes('in_bare'), false)
  })

  test('what cannot be done fails, says why, and leaves all as it was', async () => {
    const { api } = pilotlight
    // The API does not show templates, and so does not know of it.
    await query(pilotlight, project, 'create database template2 is_template true')
    const { data } = await api.createProjectBranchDatabase(...place(), {
      database: { name: 'template2', owner_name: project.role },
    })
    const id = data.operations[0]!.id
    const operation = async () => (await api.getProjectOperation(project.id, id)).data.operation
    await eventually(async () => (await operation()).status === 'failed', {
      ...{ timeoutMs: 20_000, about: () => 'the operation to fail' },
    })
    const { error, failures_count, retry_at } = await operation()
    assert.match(error!, /database already exists; database_name:"template2"/)
    assert.deepEqual([failures_count, retry_at], [1, undefined])
    assert.equal((await databaseNames()).includes('template2'), false)
    const [kept] = await query(
      pilotlight,
      project,
      `select count(*)::int as count from pg_database where datname = 'template2'`,
    )
    assert.deepEqual(kept, { count: 1 }, 'what others made is theirs')
  })
})

describe('right after a project was made', () => {
  let pilotlight: Pilotlight
  before(async () => {
    pilotlight = await Pilotlight.start()
  })
  after(() => pilotlight.stop())

  test('calls that come before its data is there are carried out behind that', async () => {
    const { api } = pilotlight
    const made = await pilotlight.createProject({ name: 'early' })
    const at: [string, string] = [made.id, made.branchId]
    const { data: role } = await api.createProjectBranchRole(...at, { role: { name: 'aaa' } })
    await api.createProjectBranchDatabase(...at, { database: { name: 'aaa', owner_name: 'aaa' } })
    await api.updateProjectBranchDatabase(...at, made.database, {
      database: { name: 'renamed', owner_name: 'aaa' },
    })
    const { data: reset } = await api.resetProjectBranchRolePassword(...at, made.role)
    await pilotlight.settle(made.id)
    for (const [name, password] of [
      ['aaa', role.role.password!],
      [made.role, reset.role.password!],
    ] as const) {
      const details = { ...made, role: name, password, database: 'renamed' }
      const [row] = await query(
        pilotlight,
        details,
        `select current_user as role, pg_get_userbyid(datdba) as owner
           from pg_database where datname = current_database()`,
      )
      assert.deepEqual(row, { role: name, owner: 'aaa' })
    }
  })

  test('control is killed again and again: each change is made whole, or not at all', async () => {
    const { api } = pilotlight
    const made = await pilotlight.createProject({ name: 'killed' })
    await pilotlight.settle(made.id)
    const at: [string, string] = [made.id, made.branchId]
    const isServing = () =>
      api.getProject(made.id).then(
        () => true,
        () => false,
      )
    let isOver = false
    let killed = 0
    const killer = (async () => {
      for (let n = 0; n < 4 && !isOver; n++) {
        await new Promise(resolve => setTimeout(resolve, 500 + 350 * n))
        const [pid] = pilotlight.children('control-process')
        if (pid && process.kill(pid, 'SIGKILL')) killed++
      }
    })()
    for (let n = 0; n < 12; n++) {
      const name = `db ${n}`
      const calls = [
        () => api.createProjectBranchRole(...at, { role: { name } }),
        () => api.createProjectBranchDatabase(...at, { database: { name, owner_name: name } }),
        () => api.updateProjectBranchDatabase(...at, name, { database: { name: `${name} renamed` } }),
        ...(n % 3 === 0 ? [() => api.deleteProjectBranchDatabase(...at, `${name} renamed`)] : []),
        ...(n % 3 === 0 ? [() => api.deleteProjectBranchRole(...at, name)] : []),
      ]
      for (const call of calls) {
        // One whose answer is lost may have been done or not; what comes next then has its own end.
        await call().catch(async (error: { response?: unknown }) => {
          if (!error.response) await eventually(isServing, { timeoutMs: 60_000, about: () => 'the API' })
        })
      }
    }
    isOver = true
    await killer
    assert.ok(killed > 0, 'control was killed')
    const operations = async () => (await api.listProjectOperations({ projectId: made.id })).data.operations
    await eventually(
      async () => {
        try {
          return (await operations()).every(({ status }) => hasEnded(status))
        } catch {
          return false
        }
      },
      { timeoutMs: 60_000, about: () => 'every operation to end' },
    )
    const bad = (await operations()).filter(({ status }) => status !== 'finished' && status !== 'skipped')
    assert.deepEqual(bad, [])
    const inside = await query<{ name: string; owner: string }>(
      pilotlight,
      made,
      `select datname as name, pg_get_userbyid(datdba) as owner
         from pg_database where not datistemplate and datname <> 'postgres' order by 1`,
    )
    const listed = async () =>
      (await api.listProjectBranchDatabases(...at)).data.databases
        .map(({ name, owner_name }) => ({ name, owner: owner_name }))
        .sort((one, other) => (one.name < other.name ? -1 : 1))
    await eventually(async () => JSON.stringify(await listed()) === JSON.stringify(inside), {
      ...{ timeoutMs: 10_000, about: () => `the same inside: ${JSON.stringify(inside)}` },
    })
    const roles = await query<{ name: string }>(
      pilotlight,
      made,
      `select rolname as name from pg_roles where rolname like 'db %' order by 1`,
    )
    const { data } = await api.listProjectBranchRoles(...at)
    assert.deepEqual(
      data.roles.map(({ name }) => name).filter(name => name.startsWith('db ')),
      roles.map(({ name }) => name),
    )
    assert.ok(roles.length > 0)
  })
})
