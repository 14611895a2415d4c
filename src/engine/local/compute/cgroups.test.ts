import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../../lib/clock.ts'
import { silentLogger } from '../../../lib/logger.ts'
import { dayOfHistory, ready, specOf } from '../../conformance/helpers.ts'
import { createLocalEngine } from '../local-engine.ts'
import { localHarness } from '../local-harness.ts'
import { openMachine } from '../machine.ts'
import { choosePostgresUser } from '../postgres-user.ts'
import { defaultSpawn } from '../run.ts'
import { boundFiles, type Cgroups, type CgroupsOptions, openCgroups } from './cgroups.ts'
import type { Size } from './size.ts'

const machine = { memoryMb: 16_384, cpus: 4 }
const sizeOf = (min: number, max = min): Size => ({
  memoryMb: min * 4096,
  memoryMaxMb: max * 4096,
  vcpu: max,
})

test('a size as bounds', () => {
  assert.deepEqual(boundFiles(sizeOf(0.25), machine), {
    'memory.high': String(960 * 2 ** 20),
    'memory.max': String(1024 * 2 ** 20),
    // Never less than one processor: a small compute is not a slow one.
    'cpu.max': '100000 100000',
    'cpu.weight': '25',
  })
  assert.deepEqual(boundFiles(sizeOf(1, 2), machine), {
    'memory.high': String(7680 * 2 ** 20),
    'memory.max': String(8192 * 2 ** 20),
    'cpu.max': '200000 100000',
    'cpu.weight': '200',
  })
  // As large as the machine, or larger: no bound, but a larger share.
  assert.deepEqual(boundFiles(sizeOf(8), machine), {
    'memory.high': 'max',
    'memory.max': 'max',
    'cpu.max': 'max 100000',
    'cpu.weight': '800',
  })
})

/** A tree of plain files, as far as the kernel's looks like one. */
async function fakeTree(t: TestContext, groups: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pilotlight-cgroup-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  for (const [path, handedDown] of Object.entries(groups)) {
    await mkdir(join(root, path), { recursive: true })
    await writeFile(join(root, path, 'cgroup.controllers'), 'cpuset cpu io memory pids\n')
    await writeFile(join(root, path, 'cgroup.subtree_control'), `${handedDown}\n`)
  }
  return root
}

async function open(options: Partial<CgroupsOptions>): Promise<Cgroups> {
  const user = await choosePostgresUser(defaultSpawn)
  return await openCgroups({ dataDir: '/data', user, spawn: defaultSpawn, machine, ...options })
}

test('what a group takes is its own memory and time, without the cache of files', async t => {
  const root = await fakeTree(t, { '': '' })
  const groups = await open({ root, own: '/' })
  const directory = dirname((await groups.bound('ep-a', sizeOf(1)))!)
  await writeFile(join(directory, 'cgroup.procs'), '41\n42\n')
  assert.equal(await groups.use('ep-a', 42), null, 'the kernel has not said anything yet')
  await writeFile(join(directory, 'cpu.stat'), 'usage_usec 1234567\nuser_usec 1\nsystem_usec 2\n')
  await writeFile(join(directory, 'memory.stat'), 'anon 1000\nfile 5000000\nkernel 7\nshmem 234\n')
  assert.deepEqual(await groups.use('ep-a', 42), { cpuMs: 1234, memoryBytes: 1234 })
  assert.equal(
    await groups.use('ep-a', 4),
    null,
    'it runs beside its group, which would say that it takes nothing',
  )
  assert.equal(await groups.use('ep-b', 42), null)
})

test('bounds are written below the group that we run in', async t => {
  const root = await fakeTree(t, { '': '', 'system.slice': '', 'system.slice/us': '' })
  const groups = await open({ root, own: '/system.slice/us' })
  assert.equal(groups.unavailable, null)
  const procs = await groups.bound('ep-a', sizeOf(1))
  const directory = join(root, 'system.slice/us')
  const [name] = (await readdir(directory)).filter(entry => entry.startsWith('pilotlight-'))
  assert.equal(procs, join(directory, name!, 'ep-a', 'cgroup.procs'))
  assert.equal(await readFile(join(directory, name!, 'ep-a', 'memory.max'), 'utf8'), String(2 ** 32))
  for (const place of [directory, join(directory, name!)]) {
    assert.equal(await readFile(join(place, 'cgroup.subtree_control'), 'utf8'), '+cpu +memory')
  }
  await groups.bound('ep-a', sizeOf(2))
  assert.equal(await readFile(join(directory, name!, 'ep-a', 'memory.max'), 'utf8'), String(2 ** 33))
})

test('where there can be no groups it is said why, and computes run all the same', async t => {
  const empty = await fakeTree(t, {})
  const some = await fakeTree(t, { '': '' })
  await writeFile(join(some, 'cgroup.controllers'), 'cpuset pids')
  const closed = await fakeTree(t, { '': '' })
  // A directory in its place: what is written there is refused, as by a group with processes of its own.
  await rm(join(closed, 'cgroup.subtree_control'))
  await mkdir(join(closed, 'cgroup.subtree_control'))
  for (const [root, why] of [
    [empty, /not mounted/],
    [some, /no controller for cpu and memory/],
    [closed, /no cgroup can be made .*root, or a delegated group/],
  ] as [string, RegExp][]) {
    const groups = await open({ root, own: '/' })
    assert.match(groups.unavailable ?? '', why)
    assert.equal(await groups.bound('ep-a', sizeOf(1)), null)
    await groups.leave('ep-a')
    await groups.sweep()
  }
})

/** A kernel whose memory and processors are in cgroup v1 still has the groups of v2, with nothing to bound in them. */
const realRoot = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find(path =>
  existsSync(join(path, 'cgroup.controllers')),
)

test('a compute is in its group with all of its processes, adopted or not, and the group goes with it', async t => {
  if (!realRoot || process.getuid?.() !== 0) return t.skip('it takes root, and a kernel with cgroup v2')
  const harness = await localHarness(17)
  t.after(() => harness.destroy(false))
  const opened = await openMachine({ dataDir: harness.dataDir, logger: silentLogger })
  const cgroups = await open({ dataDir: harness.dataDir, user: opened.user, root: realRoot, controllers: [] })
  if (cgroups.unavailable !== null) return t.skip(cgroups.unavailable)
  const boundMachine = { ...opened, cgroups }
  const start = () =>
    createLocalEngine({
      dataDir: harness.dataDir,
      logger: silentLogger,
      clock: systemClock,
      machine: boundMachine,
      prepare: [],
    })
  const engine = await start()
  const data = { cell: harness.cell, id: 'br-bound' }
  const compute = { cell: harness.cell, id: 'ep-bound' }
  await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
  await ready(engine, compute, 1, specOf(data))
  const pid = await harness.pidOf(compute)
  const groupOf = async () => /^0::(.*)$/m.exec(await readFile(`/proc/${pid}/cgroup`, 'utf8'))![1]!
  const group = await groupOf()
  assert.match(group, /\/pilotlight-[0-9a-f]{16}\/ep-bound$/)
  const inside = (await readFile(join(realRoot, group, 'cgroup.procs'), 'utf8'))
    .trim()
    .split('\n')
    .map(Number)
  assert.ok(inside.includes(pid) && inside.length > 3, inside.join())
  await engine.close()
  const next = await start()
  assert.equal((await next.observe(compute)).phase, 'ready')
  assert.equal(await groupOf(), group)
  // Stopped and started in one breath: the old group's end is not the new one's.
  await next.ensureStopped(compute, 2, 'fast')
  await ready(next, compute, 3, specOf(data))
  const again = await harness.pidOf(compute)
  assert.match(await readFile(`/proc/${again}/cgroup`, 'utf8'), /\/ep-bound$/m)
  await next.ensureStopped(compute, 4, 'fast')
  while (existsSync(join(realRoot, group))) await systemClock.sleep(20)
  // What a kill of ours leaves is swept by the next.
  await mkdir(join(realRoot, group))
  await next.close()
  const last = await start()
  assert.equal(existsSync(join(realRoot, group)), false)
  await last.close()
  const tree = join(realRoot, group, '..')
  await rm(tree, { recursive: true, force: true }).catch(() => {})
})
