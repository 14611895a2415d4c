// A replay that is cut short ends, when it is begun again, where it would have ended.

import assert from 'node:assert/strict'
import { copyFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ClientConfig } from 'pg'
import { seededRandom, seedOf } from '../../../lib/testing.ts'
import { dayOfHistory, pause, ready, specOf, untilNot } from '../../conformance/helpers.ts'
import { admin, nowOf, owner, rowsOf, session } from '../../conformance/sql.ts'
import type { Ref } from '../../engine.ts'
import { parseSegmentName, segmentName } from '../history/lsn.ts'
import type { LocalEngine } from '../local-engine.ts'
import { type LocalHarness, localHarness } from '../local-harness.ts'

const seed = seedOf('PILOTLIGHT_TEST_SEED')

describe(`a replay that is cut short (seed ${seed})`, () => {
  let harness: LocalHarness
  let engine: LocalEngine
  let failed = false
  let serial = 0
  let time = ''
  const parent = { cell: 'local', id: 'br-parent' }
  const parentCompute = { cell: 'local', id: 'ep-parent' }

  before(async () => {
    harness = await localHarness(17)
    engine = await harness.open()
    await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
    await ready(engine, parentCompute, 1, specOf(parent))
    await session(await owner(engine, parentCompute), async client => {
      await client.query('create table t (n int); insert into t values (1), (2)')
      // Something to replay, and to write in the checkpoint at its end.
      await client.query("create table bulk as select repeat('x', 500) as x from generate_series(1, 20000)")
      time = await nowOf(client)
      await client.query('insert into t values (3)')
      await client.query('insert into t select generate_series(4, 50000)')
    })
  })
  after(async () => {
    await engine?.close()
    await harness?.destroy(failed)
  })

  const check = (title: string, work: () => Promise<void>) =>
    test(title, { timeout: 120_000 }, async () => {
      try {
        await work()
      } catch (error) {
        failed = true
        throw error
      }
    })

  const unsettled = async (): Promise<{ data: Ref; compute: Ref; pgdata: string }> => {
    const data = { cell: 'local', id: `br-${++serial}` }
    await engine.ensureData(data, 1, { from: 'branch', parent, at: { time } }, dayOfHistory)
    const compute = { cell: 'local', id: `ep-${serial}` }
    return { data, compute, pgdata: join(harness.dataDir, 'data', data.id, 'pgdata') }
  }

  /** Its rows are those of the moment, and from there on it keeps a history of its own. */
  const checkLife = async ({ data, compute }: { data: Ref; compute: Ref }): Promise<void> => {
    await ready(engine, compute, 1, specOf(data))
    const login: ClientConfig = await owner(engine, compute)
    assert.deepEqual(await rowsOf(login), [1, 2])
    const moment = await session(login, async client => {
      await client.query('insert into t values (-1)')
      const now = await nowOf(client)
      await client.query('insert into t values (-2)')
      return now
    })
    await session(await admin(engine, compute), client => client.query('select pg_switch_wal()'))
    const child = { cell: 'local', id: `${data.id}-child` }
    const childCompute = { cell: 'local', id: `${compute.id}-child` }
    await engine.ensureData(child, 1, { from: 'branch', parent: data, at: { time: moment } }, dayOfHistory)
    await ready(engine, childCompute, 1, specOf(child))
    assert.deepEqual(await rowsOf({ ...login, ...(await owner(engine, childCompute)) }), [-1, 1, 2])
    for (const ref of [childCompute, compute]) await engine.ensureGone(ref, 2)
    for (const ref of [child, data]) await engine.ensureGone(ref, 2)
  }

  check('killed when the signal was removed', async () => {
    const made = await unsettled()
    await rm(join(made.pgdata, 'recovery.signal'))
    await checkLife(made)
  })

  check('killed when the new timeline had its name, and no checkpoint', async () => {
    const made = await unsettled()
    const wal = join(made.pgdata, 'pg_wal')
    await rm(join(made.pgdata, 'recovery.signal'))
    await writeFile(join(wal, '00000002.history'), '1\t0/1000000\tof an earlier attempt\n')
    for (const name of await readdir(wal)) {
      const id = parseSegmentName(name)
      if (id) await copyFile(join(wal, name), join(wal, segmentName(2, id.segment)))
    }
    await checkLife(made)
  })

  check('killed at any moment of it', async () => {
    const random = seededRandom(seed)
    for (let round = 0; round < 4; round++) {
      const made = await unsettled()
      for (let kill = 0; kill < 2; kill++) {
        const starting = engine.ensureRunning(made.compute, 1, specOf(made.data)).catch(() => {})
        await pause(20 + random() * 250)
        const isKilled = await harness.kill(made.compute).then(
          () => true,
          () => false,
        )
        await starting
        if (isKilled) await untilNot(engine, made.compute, 'ready')
      }
      await checkLife(made)
    }
  })
})
