// Somebody writes as fast as he can, while branches, replacements and snapshots are made of what he writes, and while it is
// suspended and woken. Every copy has what he had been told; every past moment has exactly what was committed by then.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ClientConfig } from 'pg'
import { seededRandom, seedOf } from '../../../lib/testing.ts'
import { dayOfHistory, pause, ready, specOf } from '../../conformance/helpers.ts'
import { admin, connect, rowsOf, session } from '../../conformance/sql.ts'
import type { At, Ref } from '../../engine.ts'
import { formatTime, microseconds } from '../history/moments.ts'
import type { LocalEngine } from '../local-engine.ts'
import { type LocalHarness, localHarness, mountedHarness } from '../local-harness.ts'

const seed = seedOf('PILOTLIGHT_TEST_SEED')
const targets = 50
const millisecond = 1_000n

/** Snapshots all the time, so that targets lie before, between and behind them. */
const options = { pace: { snapshotEveryBytes: 8_000_000, snapshotAtRestEveryBytes: 1 } }

describe(`a writer, and copies of what he writes (seed ${seed})`, () => {
  const random = seededRandom(seed)
  const parent: Ref = { cell: 'local', id: 'br-parent' }
  const compute: Ref = { cell: 'local', id: 'ep-parent' }
  // The server itself then says when each row was committed.
  const spec = { ...specOf(parent), settings: { track_commit_timestamp: 'on' } }
  let harness: LocalHarness
  let engine: LocalEngine
  let failed = false
  let gen = 0
  let serial = 0
  /** When the row of that number was committed, as far as the server says. A crash recovery makes it forget. */
  const commits = new Map<number, bigint>()
  let written = 0

  before(async () => {
    harness = (await mountedHarness(17, 'xfs', '4G', options)) ?? (await localHarness(17, undefined, options))
    engine = await harness.open()
    await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
  })
  after(async () => {
    await engine?.close()
    await harness?.destroy(failed)
  })

  const check = (title: string, work: () => Promise<void>): void => {
    test(title, { timeout: 240_000 }, async () => {
      try {
        await work()
      } catch (error) {
        failed = true
        throw error
      }
    })
  }

  const wake = async (): Promise<ClientConfig> => {
    await ready(engine, compute, ++gen, spec)
    return await admin(engine, compute)
  }

  /** Opened, looked at, and gone. */
  const rowsAt = async (at: At): Promise<number[]> => {
    const made = {
      data: { cell: 'local', id: `br-${++serial}` },
      compute: { cell: 'local', id: `ep-${serial}` },
    }
    await engine.ensureData(made.data, 1, { from: 'branch', parent, at }, { windowSeconds: 0 })
    return await rowsOfData(made.data, made.compute)
  }

  const rowsOfData = async (data: Ref, on: Ref): Promise<number[]> => {
    await ready(engine, on, 1, specOf(data))
    const rows = await rowsOf(await admin(engine, on))
    await engine.ensureStopped(on, 2, 'immediate')
    await engine.ensureGone(on, 2)
    await engine.ensureGone(data, 2)
    return rows
  }

  const harvest = async (login: ClientConfig): Promise<void> => {
    await session(login, async client => {
      const { rows } = await client.query(
        `select n, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text as at from t`,
      )
      for (const { n, at } of rows) if (at !== null) commits.set(n, BigInt(at))
    })
  }

  check('each copy has what he had been told', async () => {
    await session(await wake(), client =>
      client.query('create table t (n int primary key, x text, at timestamptz)'),
    )
    let told = 0
    let login: ClientConfig | null = await admin(engine, compute)
    let done = false
    const writing = (async () => {
      while (!done) {
        const client = login ? await connect(login).catch(() => null) : null
        if (!client) {
          await pause(5)
          continue
        }
        // What was not answered may be there or not; the next start says.
        told =
          (await client.query('select coalesce(max(n), 0)::int as n from t').catch(() => null))?.rows[0].n ??
          told
        while (!done) {
          const sent = told + 1
          const insert = `insert into t values ($1, repeat('x', 2000), clock_timestamp())`
          if (!(await client.query(insert, [sent]).catch(() => null))) break
          told = sent
        }
        await client.end().catch(() => {})
      }
    })()

    const copies: { data: Ref; on: Ref; least: number }[] = []
    const copy = async (id: string): Promise<void> => {
      const data = { cell: 'local', id }
      const least = told
      await engine.ensureData(data, 1, { from: 'branch', parent, at: { head: true } }, dayOfHistory)
      copies.push({ data, on: { cell: 'local', id: `ep-${id}` }, least })
    }
    const victim = { cell: 'local', id: 'br-victim' }
    await copy(victim.id)
    for (let round = 0; round < 3; round++) {
      await pause(300)
      await Promise.all([copy(`br-a-${round}`), copy(`br-b-${round}`)])
      const least = told
      const keepOldAs = { cell: 'local', id: `br-kept-${round}` }
      const origin = { from: 'branch' as const, parent, at: { head: true as const } }
      await engine.replaceData(victim, ++gen, origin, { ...dayOfHistory, keepOldAs, token: `t-${round}` })
      copies.push({ data: keepOldAs, on: { cell: 'local', id: `ep-kept-${round}` }, least: copies[0]!.least })
      copies[0]!.least = least
      await pause(200)
      await harvest(login!)
      login = null
      await engine.ensureStopped(compute, ++gen, round === 1 ? 'immediate' : 'fast')
      await copy(`br-asleep-${round}`)
      login = await wake()
    }
    await pause(300)
    done = true
    await writing

    await harvest(login!)
    const rows = await rowsOf(login!)
    assert.deepEqual(
      rows,
      Array.from({ length: told }, (_, index) => index + 1),
    )
    written = told
    for (const { data, on, least } of copies) {
      await ready(engine, on, 1, specOf(data))
      const rows = await rowsOf(await admin(engine, on))
      assert.ok(rows.length >= least, `${data.id} has ${rows.length} rows of ${least}`)
      assert.deepEqual(
        rows,
        Array.from({ length: rows.length }, (_, index) => index + 1),
        `${data.id}: a gap`,
      )
      await engine.ensureStopped(on, 2, 'immediate')
    }
  })

  check(
    `${targets} moments at random: what was committed a millisecond before, and nothing from one after`,
    async () => {
      for (let target = 0; target < targets; target++) {
        const { at, rows } = momentNear(1 + Math.floor(random() * (written - 1)))
        // Awake for a while, and then asleep.
        if (target === targets / 2) await engine.ensureStopped(compute, ++gen, 'fast')
        const found = await rowsAt({ time: formatTime(at) })
        assert.equal(found.length, rows, `${formatTime(at)}, the ${target + 1}th of seed ${seed}`)
      }
      const end = commits.get(written)!
      assert.equal((await rowsAt({ time: formatTime(end) })).length, written)
      assert.equal((await rowsAt({ time: formatTime(end - 1n) })).length, written - 1)
      assert.ok(microseconds((await engine.observe(parent)).history!.from) < commits.get(1)!)
    },
  )

  /** A millisecond behind a commit, and so long before the next one, near the row that was drawn. */
  function momentNear(row: number): { at: bigint; rows: number } {
    for (let distance = 0; distance < written; distance++) {
      const n = 1 + ((row + distance) % (written - 1))
      const [own, next] = [commits.get(n), commits.get(n + 1)]
      if (own && next && next >= own + 2n * millisecond) return { at: own + millisecond, rows: n }
    }
    throw new Error('no two commits are two milliseconds apart')
  }
})
