// kill -9, of each process and of all at once. Afterwards every row and every project that was acknowledged is there,
// and nothing runs twice.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { connect, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails, temporaryDirectory } from '../fixtures/pilotlight.ts'
import { isAlive, mentioning, postgresOf } from '../fixtures/processes.ts'

describe('kill -9', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  let written = 0
  before(async () => {
    pilotlight = await Pilotlight.start({ dataDir: temporaryDirectory() })
    project = await pilotlight.createProject()
    await query(pilotlight, project, 'create table entry (n int primary key)')
    await pilotlight.settle(project.id)
  })
  after(() => pilotlight.stop())

  const write = async () => {
    written++
    await query(pilotlight, project, `insert into entry values (${written})`)
  }
  const assertAllThere = async () => {
    const rows = await query<{ n: number }>(pilotlight, project, 'select n from entry order by n')
    assert.deepEqual(
      rows.map(({ n }) => n),
      Array.from({ length: written }, (_, at) => at + 1),
    )
  }
  const kill = (pids: number[]) => {
    assert.ok(pids.length > 0, 'there is something to kill')
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    return eventually(() => !pids.some(isAlive), { timeoutMs: 10_000, about: () => `${pids} to be dead` })
  }
  const apiAnswers = () =>
    eventually(
      () =>
        pilotlight.api.listProjects({}).then(
          () => true,
          () => false,
        ),
      {
        timeoutMs: 60_000,
        about: () => 'the API to answer',
      },
    )

  test('a compute: the next connection finds every committed row', async () => {
    for (let round = 0; round < 3; round++) {
      await write()
      await kill(pilotlight.computes())
      await assertAllThere()
      assert.equal(pilotlight.computes().length, 1)
    }
  })

  test('a compute, under a session: the session ends, and can come back', async () => {
    const client = await connect(pilotlight, project)
    await write()
    const pending = client.query('select pg_sleep(60)')
    pending.catch(() => {})
    await kill(pilotlight.computes())
    await assert.rejects(pending)
    await assertAllThere()
  })

  test('a proxy: another one serves, and it is started again', async () => {
    await write()
    const before = pilotlight.children('proxy-process')
    await kill([before[0]!])
    await eventually(() => pilotlight.children('proxy-process').length === before.length, {
      timeoutMs: 30_000,
      about: () => 'the proxy to be back',
    })
    await eventually(
      () =>
        assertAllThere().then(
          () => true,
          () => false,
        ),
      {
        timeoutMs: 15_000,
        about: () => 'all rows through the proxies',
      },
    )
  })

  test('control: sessions go on, new ones to awake computes succeed, and it adopts what runs', async () => {
    const client = await connect(pilotlight, project)
    await write()
    const computes = pilotlight.computes()
    await kill(pilotlight.children('control-process'))
    assert.equal((await client.query('select 1 as n')).rows[0].n, 1)
    await assertAllThere()
    await apiAnswers()
    assert.deepEqual(pilotlight.computes(), computes)
    const { data } = await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)
    assert.equal(data.endpoint.current_state, 'active')
    assert.equal((await client.query('select 2 as n')).rows[0].n, 2)
    await client.end()
  })

  test('control, while projects are made: what was acknowledged is there and comes up', async () => {
    const acknowledged: ProjectDetails[] = []
    const making = Array.from({ length: 4 }, async () => {
      try {
        acknowledged.push(await pilotlight.createProject())
      } catch {
        // Not acknowledged.
      }
    })
    await eventually(() => acknowledged.length > 0, { timeoutMs: 30_000, about: () => 'a project' })
    await kill(pilotlight.children('control-process'))
    await Promise.all(making)
    await apiAnswers()
    for (const made of acknowledged) {
      assert.equal((await query(pilotlight, made, 'select 1')).length, 1)
      await pilotlight.settle(made.id)
    }
    // A request that was cut off may have been carried out, too: it was not acknowledged, and is no less whole.
    const { data } = await pilotlight.api.listProjects({ limit: 100 })
    for (const { id } of data.projects) if (id !== project.id) await pilotlight.api.deleteProject(id)
    await eventually(() => pilotlight.computes().length === 1, {
      timeoutMs: 30_000,
      about: () => 'one compute',
    })
  })

  test('the catalog’s Postgres: projects are still there, sessions never notice', async () => {
    const client = await connect(pilotlight, project)
    await kill(postgresOf(`${pilotlight.dataDir}/catalog`))
    assert.equal((await client.query('select 1 as n')).rows[0].n, 1)
    await client.end()
    await apiAnswers()
    const { data } = await pilotlight.api.listProjects({})
    assert.ok(data.projects.some(({ id }) => id === project.id))
    await write()
    await assertAllThere()
    assert.equal(postgresOf(`${pilotlight.dataDir}/catalog`).length, 1)
  })

  test('`up` alone: the next one takes over, and adopts', async () => {
    await write()
    const computes = pilotlight.computes()
    await kill([pilotlight.pid])
    await pilotlight.up()
    await assertAllThere()
    assert.deepEqual(pilotlight.computes(), computes)
    await eventually(() => pilotlight.children('control-process').length === 1, {
      timeoutMs: 5000,
      about: () => '1',
    })
  })

  test('everything at once', async () => {
    const another = await pilotlight.createProject({ name: 'acknowledged' })
    await write()
    await kill(
      mentioning(pilotlight.dataDir).concat(
        pilotlight.children('control-process'),
        pilotlight.children('proxy-process'),
      ),
    )
    await pilotlight.up()
    await assertAllThere()
    assert.equal((await query(pilotlight, another, 'select 1')).length, 1)
    const { data } = await pilotlight.api.listProjects({})
    assert.deepEqual(data.projects.map(({ id }) => id).sort(), [project.id, another.id].sort())
    assert.equal(pilotlight.computes().length, 2)
    assert.equal(postgresOf(`${pilotlight.dataDir}/catalog`).length, 1)
    assert.equal(pilotlight.children('control-process').length, 1)
    await pilotlight.settle(another.id)
  })

  test('a second `up` on the same data directory refuses, and says who holds it', async () => {
    const { runProgram } = await import('../fixtures/clients.ts')
    const { mainScript } = await import('../fixtures/pilotlight.ts')
    const answer = await runProgram(process.execPath, [mainScript, 'up', '--data-dir', pilotlight.dataDir])
    assert.equal(answer.code, 2)
    assert.match(answer.stderr, new RegExp(`in use by another pilotlight \\(pid ${pilotlight.pid}`))
    await assertAllThere()
  })

  test('Ctrl-C leaves no process behind, and the next start finds every row', async () => {
    await write()
    assert.equal(await pilotlight.down('SIGINT'), 0)
    assert.deepEqual(mentioning(pilotlight.dataDir), [])
    await pilotlight.up()
    await assertAllThere()
  })
})
