// The engine is killed at random moments of everything that it does with data, and opened again in the same place: nothing
// half-made is to be seen, nothing that was acknowledged is missing, and the same calls lead to where they would have led.
//
//   PILOTLIGHT_TEST_SEED=… replays a run as far as chance in the timing allows; PILOTLIGHT_TEST_ROUNDS=… makes it longer.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Client, ClientConfig } from 'pg'
import { systemClock } from '../../../lib/clock.ts'
import { silentLogger } from '../../../lib/logger.ts'
import { seededRandom, seedOf } from '../../../lib/testing.ts'
import { pause, ready, specOf } from '../../conformance/helpers.ts'
import { admin, connect, nowOf, rowsOf, session } from '../../conformance/sql.ts'
import { type At, type Engine, EngineError, type Ref } from '../../engine.ts'
import { createLocalEngine, type LocalEngine } from '../local-engine.ts'
import { localHarness } from '../local-harness.ts'
import { entriesBelow } from '../storage/tree.ts'

const ref = (id: string): Ref => ({ cell: 'local', id })
const root = ref('br-root')
const rootCompute = ref('ep-root')
const options = { windowSeconds: 3_600 }

/** One call, as it is noted before it is made, and again when it was answered. */
type Call =
  | { what: 'branch'; id: string; at: At; settled: boolean; least: number; most: number }
  | { what: 'replace'; id: string; keep: string; token: string; at: At; least: number; most: number }
  | { what: 'gone'; id: string }
  | { what: 'export'; id: string; path: string }

async function carryOut(engine: Engine, call: Call, gen: number): Promise<void> {
  if (call.what === 'gone') await engine.ensureGone(ref(call.id), gen)
  else if (call.what === 'export') {
    // A control that was killed behind the call looks whether it is there.
    if (!existsSync(call.path)) await engine.exportData(ref(call.id), call.path)
  } else {
    const origin = { from: 'branch' as const, parent: root, at: call.at }
    if (call.what === 'branch') {
      await engine.ensureData(ref(call.id), gen, origin, { ...options, settled: call.settled })
    } else {
      const { token } = call
      await engine.replaceData(ref(call.id), gen, origin, { ...options, keepOldAs: ref(call.keep), token })
    }
  }
}

/** Everything is done as often as it can be. */
const open = (dataDir: string): Promise<LocalEngine> =>
  createLocalEngine({
    ...{ dataDir, logger: silentLogger, clock: systemClock, prepare: [17] },
    pace: { snapshotEveryBytes: 1, snapshotAtRestEveryBytes: 1, thinEveryMs: 150, reserveBytes: () => 0 },
  })

/** As cloud_admin, so that nothing but what is told here writes to the branch. */
async function wake(engine: Engine, compute: Ref, data: Ref, gen: number): Promise<ClientConfig> {
  await ready(engine, compute, gen, specOf(data))
  return await admin(engine, compute)
}

// ---- The program that is killed.

async function work(dataDir: string, seed: number, round: number): Promise<void> {
  const random = seededRandom(seed + round)
  const say = (...words: unknown[]): boolean => process.stdout.write(`${words.join(' ')}\n`)
  const engine = await open(dataDir)
  await engine.prepared
  let gen = round * 10_000
  let serial = 0
  let told = 0
  const marks: { n: number; time: string }[] = []
  let client: Client | null = null

  const awake = async (): Promise<void> => {
    const made = await connect(await wake(engine, rootCompute, root, ++gen))
    await made.query('create table if not exists t (n int primary key)')
    const { rows } = await made.query('select coalesce(max(n), 0)::int as n from t')
    told = rows[0].n
    say('told', told)
    client = made
  }
  const write = async (): Promise<void> => {
    for (;;) {
      const to = client
      if (!to) {
        await pause(5)
        continue
      }
      // Stopped under our hands: it is the next start that says how far it came.
      const isDone = await to.query('insert into t values ($1)', [told + 1]).then(
        () => true,
        () => false,
      )
      if (!isDone || to !== client) continue
      say('told', ++told)
      if (told % 25 === 0) marks.push({ n: told, time: await nowOf(to).catch(() => '') })
      if (told % 150 === 0) await to.query('select pg_switch_wal()').catch(() => {})
    }
  }
  const do_ = async (call: Call): Promise<void> => {
    say('begin', JSON.stringify(call))
    for (let isDone = false; !isDone; ) {
      isDone = await carryOut(engine, call, ++gen).then(
        () => true,
        async error => {
          // The parent is on its way up or down; control tries again, too.
          if (!(error instanceof EngineError) || error.code !== 'unavailable') throw error
          await pause(20)
          return false
        },
      )
    }
    say('done', JSON.stringify(call))
  }
  const branches: string[] = []
  const moment = (): { at: At; least: number; most: number } => {
    const mark = marks[Math.floor(random() * marks.length * 2)]
    if (!mark?.time) return { at: { head: true }, least: told, most: Number.MAX_SAFE_INTEGER }
    return { at: { time: mark.time }, least: mark.n, most: mark.n }
  }
  const change = async (): Promise<void> => {
    for (;;) {
      const id = `br-${round}-${++serial}`
      const chance = random()
      if (chance < 0.5 || branches.length === 0) {
        await do_({ what: 'branch', id, ...moment(), settled: random() < 0.4 })
        branches.push(id)
      } else if (chance < 0.75) {
        await do_({ what: 'replace', id: branches.at(-1)!, keep: id, token: id, ...moment() })
      } else if (chance < 0.9) {
        await do_({ what: 'gone', id: branches.shift()! })
      } else {
        await do_({ what: 'export', id: branches.at(-1)!, path: join(dataDir, 'exports', id) })
      }
    }
  }
  const sleepAndWake = async (): Promise<void> => {
    for (;;) {
      await pause(100 + random() * 500)
      client = null
      await engine.ensureStopped(rootCompute, ++gen, random() < 0.8 ? 'fast' : 'immediate')
      await pause(random() * 100)
      await awake()
    }
  }
  await awake()
  say('working')
  await Promise.all([write(), change(), sleepAndWake()])
}

// ---- What kills it, and looks.

interface Heard {
  told: number
  begun: Call[]
  done: Call[]
}

async function runAndKill(dataDir: string, seed: number, round: number, afterMs: number): Promise<Heard> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const args = [fileURLToPath(import.meta.url), 'work', dataDir, String(seed), String(round)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  const heard: Heard = { told: 0, begun: [], done: [] }
  let rest = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const [word, about = ''] = line.split(/ (.*)/)
        if (word === 'told') heard.told = Number(about)
        if (word === 'begin') heard.begun.push(JSON.parse(about))
        if (word === 'done') heard.done.push(JSON.parse(about))
        if (word === 'working') resolve()
      }
    })
    child.once('exit', () => reject(new Error('the program ended by itself')))
  })
  await pause(afterMs)
  assert.equal(child.exitCode, null, 'the program ended by itself')
  const exit = once(child.stdout, 'close')
  child.kill('SIGKILL')
  await exit
  return heard
}

/** Of every Postgres that works below the directory. */
function commandLines(dataDir: string): string[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'command='], { encoding: 'utf8', maxBuffer: 1e8 })
  return lines.split('\n').filter(line => /bin\/postgres /.test(line) && line.includes(`-D ${dataDir}/`))
}

async function hidden(directory: string): Promise<string[]> {
  const names = (await entriesBelow(directory)).map(entry => entry.name)
  return names.filter(name => /^\.(staging|trash|next)-/.test(name))
}

async function look(dataDir: string, heard: Heard, round: number): Promise<void> {
  const engine = await open(dataDir)
  let gen = round * 10_000 + 5_000
  try {
    for (const directory of ['data', 'computes', 'exports', 'templates']) {
      assert.deepEqual(await hidden(join(dataDir, directory)), [], `left in ${directory}`)
    }
    for (const line of commandLines(dataDir)) assert.match(line, /computes\/ep-root\//, 'a stray Postgres')

    const names = (calls: Call[]) => calls.map(call => JSON.stringify(call))
    const open = heard.begun.filter(call => !names(heard.done).includes(JSON.stringify(call)))
    for (const call of open) await carryOut(engine, call, ++gen)
    for (const call of open) await carryOut(engine, call, ++gen)

    const login = await wake(engine, rootCompute, root, ++gen)
    const rows = await rowsOf(login)
    checkRows(rows, heard.told, heard.told + 1, 'the parent')

    // The last call about each name says what it has to be.
    const expected = new Map<string, { least: number; most: number } | 'gone' | 'there'>()
    for (const call of [...heard.done, ...open]) {
      if (call.what === 'gone') expected.set(call.id, 'gone')
      if (call.what === 'branch') expected.set(call.id, call)
      if (call.what === 'export') assert.ok(existsSync(join(call.path, 'PG_VERSION')))
      if (call.what === 'replace') {
        expected.set(call.keep, expected.get(call.id) ?? 'there')
        expected.set(call.id, call)
      }
    }
    for (const [id, what] of expected) {
      const { phase } = await engine.observe(ref(id))
      assert.equal(phase, what === 'gone' ? 'gone' : 'ready', id)
    }
    const alive = [...expected].filter(([, what]) => what !== 'gone')
    for (const [id, what] of alive.slice(-2)) {
      const compute = ref(`ep-${id}`)
      const login = await wake(engine, compute, ref(id), ++gen)
      if (typeof what === 'object') checkRows(await rowsOf(login), what.least, what.most, id)
      await session(login, client => client.query('insert into t values (-1)'))
      await engine.ensureGone(compute, ++gen)
    }
    const all = (await readdir(join(dataDir, 'data'))).filter(id => id !== root.id)
    for (const id of all) await engine.ensureGone(ref(id), ++gen)
    await rm(join(dataDir, 'exports'), { recursive: true, force: true })

    // What nobody has any more goes, and so does what was half-made, at the next thinning.
    await until(async () => (await hidden(join(dataDir, 'history'))).length === 0)
    await until(async () => (await readdir(join(dataDir, 'history'))).length === 1)
    const [family] = await readdir(join(dataDir, 'history'))
    await until(async () => (await readdir(join(dataDir, 'history', family!, 'members'))).join() === root.id)
  } finally {
    await engine.close()
  }
}

function checkRows(rows: number[], least: number, most: number, whose: string): void {
  const own = rows.filter(n => n > 0)
  assert.deepEqual(
    own,
    Array.from({ length: own.length }, (_, index) => index + 1),
    `${whose}: a gap`,
  )
  assert.ok(
    own.length >= least && own.length <= most,
    `${whose} has ${own.length} rows, not ${least} to ${most}`,
  )
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await pause(50)
}

const seed = seedOf('PILOTLIGHT_TEST_SEED')
const rounds = Number(process.env.PILOTLIGHT_TEST_ROUNDS || 12)

if (process.argv[2] === 'work') {
  await work(process.argv[3]!, Number(process.argv[4]), Number(process.argv[5]))
} else {
  test(`killed at any moment (seed ${seed})`, { timeout: 60_000 + rounds * 20_000 }, async () => {
    const harness = await localHarness(17)
    const random = seededRandom(seed)
    let failed = true
    let round = 0
    try {
      const engine = await open(harness.dataDir)
      await engine.ensureData(root, 1, { from: 'empty', pgMajor: 17 }, options)
      await engine.close()
      for (round = 1; round <= rounds; round++) {
        const heard = await runAndKill(harness.dataDir, seed, round, 50 + random() * 1_200)
        await look(harness.dataDir, heard, round)
      }
      failed = false
    } catch (error) {
      throw new Error(`round ${round}, seed ${seed}, in ${harness.dataDir}: ${error}`, { cause: error })
    } finally {
      await harness.destroy(failed)
    }
  })
}
