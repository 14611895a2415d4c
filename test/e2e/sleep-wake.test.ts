import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { connect, hostUri, pgConfig, psql, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const suspendAfterSeconds = 2

describe('sleep and wake', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start({ flags: ['--suspend-after', String(suspendAfterSeconds)] })
    project = await pilotlight.createProject()
    await pilotlight.settle(project.id)
    await query(pilotlight, project, 'create table note (id int primary key, text text)')
  })
  after(() => pilotlight.stop())

  const asleep = () =>
    eventually(() => pilotlight.computes().length === 0, {
      timeoutMs: 30_000,
      about: () => 'no compute to be left',
    })

  const starts = async (): Promise<number> => {
    const { data } = await pilotlight.api.listProjectOperations({ projectId: project.id, limit: 1000 })
    return data.operations.filter(({ action }) => action === 'start_compute').length
  }

  const state = async () =>
    (await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)).data.endpoint

  test('left alone, its processes go; the next connection wakes it, with every row', async () => {
    await query(pilotlight, project, `insert into note values (1, 'before the night')`)
    await asleep()
    // Its process is gone before the books are kept; and so is a client answered below.
    await eventually(async () => (await state()).current_state === 'idle', {
      timeoutMs: 10_000,
      about: () => 'the endpoint to be idle',
    })
    const [row] = await query<{ text: string }>(pilotlight, project, 'select text from note where id = 1')
    assert.equal(row?.text, 'before the night')
    assert.equal(pilotlight.computes().length, 1)
    await eventually(async () => (await state()).current_state === 'active', {
      timeoutMs: 10_000,
      about: () => 'the endpoint to be active',
    })
  })

  test('an idle session does not keep it awake, and is told why it ends', async () => {
    const client = new pg.Client(pgConfig(pilotlight, project))
    const errors: (string | undefined)[] = []
    client.on('error', (error: Error & { code?: string }) => errors.push(error.code ?? error.message))
    const ended = new Promise<void>(resolve => client.once('end', resolve))
    await client.connect()
    await client.query('select 1')
    await ended
    assert.equal(errors[0], '57P01', errors.join(', '))
    await asleep()
  })

  test('a long query keeps it awake', async () => {
    const [row] = await query<{ done: string }>(
      pilotlight,
      project,
      `select 'done' as done from pg_sleep(${suspendAfterSeconds * 2.5})`,
    )
    assert.equal(row?.done, 'done')
  })

  test('an open transaction keeps it awake', async () => {
    const client = await connect(pilotlight, project)
    await client.query('begin')
    await client.query(`insert into note values (2, 'slowly')`)
    await new Promise(resolve => setTimeout(resolve, suspendAfterSeconds * 2500))
    await client.query('commit')
    await client.end()
    assert.equal((await query(pilotlight, project, 'select 1 from note where id = 2')).length, 1)
  })

  test('twenty clients at once cause one start, and all are served', async () => {
    await asleep()
    const before = await starts()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => query<{ n: number }>(pilotlight, project, `select ${n} as n`)),
    )
    assert.deepEqual(
      answers.map(([row]) => row?.n),
      Array.from({ length: 20 }, (_, n) => n),
    )
    // While it is awake for certain.
    assert.equal(pilotlight.computes().length, 1)
    await eventually(async () => (await starts()) > before, {
      timeoutMs: 5000,
      about: () => 'the start to be recorded',
    })
    assert.equal(await starts(), before + 1)
  })

  test('clients that arrive while it stops are held, and then served', async () => {
    for (let round = 0; round < 5; round++) {
      await query(pilotlight, project, 'select 1')
      const suspending = pilotlight.api.suspendProjectEndpoint(project.id, project.endpointId)
      const arrivals: Promise<unknown>[] = []
      for (let n = 0; n < 8; n++) {
        // A session that was let in before the stop may be ended by it; a login never fails.
        arrivals.push(
          (async () => {
            const client = new pg.Client(pgConfig(pilotlight, project))
            // Told between login and question, it is news of the session and not of the question.
            let end: { code?: string } | undefined
            client.on('error', (error: Error & { code?: string }) => {
              end ??= error
            })
            await client.connect()
            await client.query('select 1').catch(error => assert.equal((end ?? error).code, '57P01'))
            await client.end().catch(() => {})
          })(),
        )
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      await suspending
      await Promise.all(arrivals)
      await pilotlight.settle(project.id)
    }
  })

  test('clients that arrive before the branch is ready are held, and then served', async () => {
    const fresh = await pilotlight.createProject()
    const [row] = await query<{ n: number }>(pilotlight, fresh, 'select 1 as n')
    assert.equal(row?.n, 1)
    await pilotlight.api.deleteProject(fresh.id)
  })

  test('a wrong password wakes nothing', async () => {
    await asleep()
    const before = await starts()
    const wrong = { ...project, password: 'guess' }
    assert.match(
      (await psql(hostUri(pilotlight, wrong), 'select 1')).stderr,
      /password authentication failed/,
    )
    assert.match(
      (await psql(hostUri(pilotlight, { ...project, role: 'mallory' }), 'select 1')).stderr,
      /password authentication failed for user 'mallory'/,
    )
    assert.equal(pilotlight.computes().length, 0)
    assert.equal(await starts(), before)
  })

  test('a role changed in SQL is known after a night', async () => {
    await query(pilotlight, project, `create role night login password 'first secret'`)
    await query(pilotlight, project, `alter role night password 'second secret'`)
    await asleep()
    const asNight = { ...project, role: 'night', password: 'second secret' }
    const [row] = await query<{ current_user: string }>(pilotlight, asNight, 'select current_user')
    assert.equal(row?.current_user, 'night')
  })

  test('a password that was reset while it slept is given to it at its wake', async () => {
    await asleep()
    const { data } = await pilotlight.api.resetProjectBranchRolePassword(
      project.id,
      project.branchId,
      project.role,
    )
    await pilotlight.settle(project.id)
    const renewed = { ...project, password: data.role.password! }
    assert.equal((await psql(hostUri(pilotlight, renewed), 'select 1')).stdout, '1')
    assert.match(
      (await psql(hostUri(pilotlight, project), 'select 1')).stderr,
      /password authentication failed/,
    )
    project = renewed
  })
})
