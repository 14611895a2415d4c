// What can go wrong with a start on this machine, which another engine need not know.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dayOfHistory, specOf } from '../../conformance/helpers.ts'
import { admin, session, value } from '../../conformance/sql.ts'
import type { LocalEngine } from '../local-engine.ts'
import { type LocalHarness, localHarness } from '../local-harness.ts'
import { identity } from '../postgres-user.ts'

describe('a postmaster on this machine', () => {
  let harness: LocalHarness
  let engine: LocalEngine
  let failed = false
  const data = { cell: 'local', id: 'br-a' }
  const compute = { cell: 'local', id: 'ep-a' }
  let gen = 1
  const file = (...names: string[]) => join(harness.dataDir, ...names)
  const wake = () => engine.ensureRunning(compute, ++gen, specOf(data))
  const stop = () => engine.ensureStopped(compute, ++gen, 'fast')
  const check = (title: string, work: () => Promise<void>) =>
    test(title, { timeout: 60_000 }, async () => {
      try {
        await work()
      } catch (error) {
        failed = true
        throw error
      }
    })

  before(async () => {
    harness = await localHarness(17)
    engine = await harness.open()
    await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
  })
  after(async () => {
    await engine?.close()
    await harness?.destroy(failed)
  })

  /** Leaves the pid file of a killed Postgres behind, with another pid in it, and a socket lock that says the same. */
  const leavePid = async (pid: number) => {
    await wake()
    const pidFile = file('data', data.id, 'pgdata', 'postmaster.pid')
    const lockFile = file('computes', compute.id, 'socket', '.s.PGSQL.5432.lock')
    await session(await admin(engine, compute), client => client.query('checkpoint'))
    await harness.kill(compute)
    while ((await engine.observe(compute)).phase === 'ready')
      await new Promise(resolve => setTimeout(resolve, 10))
    for (const path of [pidFile, lockFile]) {
      const lines = (await readFile(path, 'utf8')).split('\n')
      await writeFile(path, [pid, ...lines.slice(1)].join('\n'))
    }
  }

  check('a pid file whose pid is nobody’s does not stop a wake', async () => {
    await leavePid(2 ** 22 - 3)
    assert.equal((await wake()).phase, 'ready')
    await stop()
  })

  check('a pid file whose pid is another program’s does not stop a wake, nor hurt that program', async () => {
    // Under Postgres's own user, or Postgres would take the pid for nobody's.
    const cwd = file('data', data.id, 'pgdata')
    const other = spawn('sleep', ['600'], { stdio: 'ignore', cwd, ...identity(engine.machine.user) })
    try {
      await leavePid(other.pid!)
      assert.equal((await wake()).phase, 'ready')
      await stop()
      await leavePid(other.pid!)
      assert.equal((await stop()).phase, 'stopped')
      assert.equal(other.exitCode ?? other.signalCode, null)
    } finally {
      await ended(other)
    }
  })

  check('a damaged pid file does not stop a wake', async () => {
    await writeFile(file('data', data.id, 'pgdata', 'postmaster.pid'), 'torn')
    assert.equal((await wake()).phase, 'ready')
    await stop()
  })

  check(
    'a backend in a long loop of its own is waited for, so that nobody writes beside the next server',
    async () => {
      await wake()
      const login = await admin(engine, compute)
      const loop = session(login, client => client.query('do $$ begin loop end loop; end $$')).catch(() => {})
      while (
        (await value(login, "select count(*)::int from pg_stat_activity where query like 'do %'")) !== 1
      );
      await harness.kill(compute)
      assert.equal((await stop()).phase, 'stopped')
      assert.equal((await wake()).phase, 'ready')
      await loop
      await stop()
    },
  )

  check('a server that we had not seen is joined, not fought', async () => {
    await wake()
    await stop()
    // As control leaves it that is killed between spawn and pid file: Postgres comes up while the next one starts its own.
    const { machine } = engine
    const pgdata = file('data', data.id, 'pgdata')
    const conf = file('computes', compute.id, 'postgresql.conf')
    const build = machine.builds.find(build => build.major === 17)!
    const args = ['-D', pgdata, '-c', `config_file=${conf}`]
    const options = { detached: true, stdio: 'ignore', cwd: '/', ...identity(machine.user) } as const
    const unseen = spawn(join(build.binDir, 'postgres'), args, options)
    const exit = once(unseen, 'exit')
    assert.equal((await wake()).phase, 'ready')
    // Where ours was first it may be that the other one has not even begun to look.
    if ((await harness.pidOf(compute)) !== unseen.pid) await exit
    assert.equal(await harness.servers(data), 1)
    await stop()
    await exit
    assert.equal(await harness.servers(data), 0)
  })

  check('a start that fails says why, and the next one is not hindered', async () => {
    const conf = file('data', data.id, 'pgdata', 'postgresql.auto.conf')
    const before = await readFile(conf, 'utf8')
    await appendFile(conf, "shared_preload_libraries = 'no_such_library'\n")
    await assert.rejects(wake(), /could not access file "no_such_library"/)
    const status = await engine.observe(compute)
    assert.equal(status.phase, 'failed')
    await writeFile(conf, before)
    assert.equal((await wake()).phase, 'ready')
    await stop()
  })

  check('a clean stop leaves nothing to redo', async () => {
    await wake()
    await session(await admin(engine, compute), client => client.query('create table t as select 1'))
    await stop()
    await wake()
    const log = await readFile(file('computes', compute.id, 'postgres.log'), 'utf8')
    const last = log.slice(log.lastIndexOf('starting PostgreSQL'))
    assert.match(last, /database system was shut down at/)
    assert.doesNotMatch(last, /redo starts|not properly shut down/)
    await stop()
  })
})

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
