import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/logger.ts'
import { dayOfHistory, specOf } from '../conformance/helpers.ts'
import { admin, connect, value } from '../conformance/sql.ts'
import { openCluster } from './cluster.ts'
import { makeSocketDir, socketDirFor } from './compute/socket-dir.ts'
import { layoutOf } from './layout.ts'
import { createLocalEngine } from './local-engine.ts'
import { localHarness, postmasters, temporaryDir } from './local-harness.ts'
import { openMachine } from './machine.ts'
import { chooseBuild } from './postgres/builds.ts'
import { checkReachable, choosePostgresUser } from './postgres-user.ts'
import { defaultSpawn, type Spawn } from './run.ts'
import { adminPassword } from './secrets.ts'

const isRoot = process.getuid?.() === 0

test('an ordinary user runs Postgres as themselves', async () => {
  const user = await choosePostgresUser(defaultSpawn, 1234)
  assert.equal(user.uid, 1234)
  assert.equal(user.switch, false)
})

test('root runs it as somebody else, or says what to do', { skip: !isRoot && 'needs root' }, async () => {
  const user = await choosePostgresUser(defaultSpawn)
  assert.notEqual(user.uid, 0)
  const nobodyThere: Spawn = (_command, _args, options) => defaultSpawn('false', [], options)
  await assert.rejects(choosePostgresUser(nobodyThere), {
    code: 'invalid',
    message: /useradd --system pilotlight/,
  })
})

test('a directory that shuts Postgres out is named', { skip: !isRoot && 'needs root' }, async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, 'shut/data'), { recursive: true })
  await chmod(join(root, 'shut'), 0o700)
  const user = await choosePostgresUser(defaultSpawn)
  await assert.rejects(checkReachable(defaultSpawn, user, join(root, 'shut/data')), {
    code: 'invalid',
    message: new RegExp(`may not enter ${join(root, 'shut')}.*chmod o\\+x ${join(root, 'shut')}`),
  })
  await chmod(join(root, 'shut'), 0o711)
  await checkReachable(defaultSpawn, user, join(root, 'shut/data'))
})

test('the password of cloud_admin is made once, for us alone', async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  const passwords = await Promise.all(Array.from({ length: 8 }, () => adminPassword(layoutOf(root))))
  assert.equal(new Set(passwords).size, 1)
  assert.ok(passwords[0]!.length >= 40)
  assert.equal((await stat(join(root, 'secrets/cloud-admin'))).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(root, 'secrets')), ['cloud-admin'])
})

test('a socket has room in its path', async t => {
  assert.equal(socketDirFor('/var/lib/pilotlight/computes/ep-a'), '/var/lib/pilotlight/computes/ep-a/socket')
  const deep = `/home/${'x'.repeat(90)}/computes/ep-a`
  const short = socketDirFor(deep, '/tmp')
  assert.match(short, /^\/tmp\/pilotlight-[0-9a-f]{16}$/)
  assert.equal(socketDirFor(deep, '/tmp'), short)
  assert.ok(socketDirFor(deep, `/${'y'.repeat(90)}`).startsWith('/tmp/'))
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  const user = await choosePostgresUser(defaultSpawn)
  await symlink('/etc', join(root, 'taken'))
  await assert.rejects(makeSocketDir(join(root, 'taken'), '/elsewhere', user), { code: 'invalid' })
})

test('a deep data directory, reached through a link, works and is swept', { timeout: 60_000 }, async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  const deep = join(root, 'd'.repeat(60), 'e'.repeat(60))
  await mkdir(join(deep, 'data/.staging-br-x-1/pgdata'), { recursive: true })
  await mkdir(join(deep, 'templates/17.10-embedded'), { recursive: true })
  await writeFile(join(deep, 'templates/17.10-embedded/template.json'), '{"buildId":"17.10-embedded"')
  for (let at = deep; at !== root; at = join(at, '..')) await chmod(at, 0o711)
  await symlink(deep, join(root, 'link'))
  const options = { logger: silentLogger, clock: systemClock, prepare: [17] }
  let engine = await createLocalEngine({ dataDir: join(root, 'link'), ...options })
  const data = { cell: 'local', id: 'br-a' }
  const compute = { cell: 'local', id: 'ep-a' }
  await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
  assert.deepEqual(await readdir(join(deep, 'data')), ['br-a'])
  await engine.ensureRunning(compute, 1, specOf(data))
  assert.equal(await value(await admin(engine, compute), 'select 1'), 1)
  await engine.close()
  engine = await createLocalEngine({ dataDir: deep, ...options })
  assert.equal((await engine.observe(compute)).phase, 'ready')
  const { host } = await engine.adminLogin(compute)
  await engine.ensureStopped(compute, 2, 'fast')
  await engine.ensureGone(compute, 3)
  await assert.rejects(stat(host), { code: 'ENOENT' })
  await engine.close()
})

test('a cluster of our own: made once, found again, and its end is told', { timeout: 60_000 }, async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  const machine = await openMachine({ dataDir: root, logger: silentLogger })
  const ends: string[] = []
  const open = () =>
    openCluster({
      machine,
      clock: systemClock,
      name: 'catalog',
      database: 'pilotlight',
      build: chooseBuild(machine.builds, 17),
      memoryMb: 512,
      settings: { max_connections: '50' },
      onUnexpectedEnd: end => ends.push(end.reason),
    })
  let cluster = open()
  const login = await cluster.ensureRunning()
  assert.equal(await value(login, 'select current_database()'), 'pilotlight')
  const survivor = await connect(login)
  cluster.close()
  cluster = open()
  assert.deepEqual(await cluster.ensureRunning(), login)
  await survivor.query('select 1')
  const pids = await postmasters(root)
  assert.equal(pids.length, 1)
  process.kill(pids[0]!, 'SIGKILL')
  while (ends.length === 0) await systemClock.sleep(20)
  assert.equal(cluster.observe(), 'stopped')
  await cluster.ensureRunning()
  assert.equal(await value(login, 'show max_connections'), '50')
  await cluster.ensureStopped()
  assert.equal(cluster.observe(), 'stopped')
  assert.equal(ends.length, 1)
  assert.deepEqual(await postmasters(root), [])
})

test('nothing that we write or print has the password in it', { timeout: 60_000 }, async () => {
  const harness = await localHarness(17)
  const engine = await harness.open()
  const data = { cell: 'local', id: 'br-a' }
  const compute = { cell: 'local', id: 'ep-a' }
  await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
  await engine.ensureRunning(compute, 1, specOf(data))
  const { password } = await engine.adminLogin(compute)
  for (const name of ['state.json', 'postgresql.conf', 'postgres.log']) {
    const text = await readFile(join(harness.dataDir, 'computes/ep-a', name), 'utf8')
    assert.ok(!text.includes(password), name)
  }
  assert.ok(!JSON.stringify([await engine.observe(compute), await engine.capabilities()]).includes(password))
  await engine.close()
  await harness.destroy(false)
})
