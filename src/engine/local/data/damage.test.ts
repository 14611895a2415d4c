// Bits that have flipped on the disk: they are told before anything is made of them, gone around, or met with an error;
// never passed on in silence.

import assert from 'node:assert/strict'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ClientConfig } from 'pg'
import { dayOfHistory, pause, ready, specOf, timeout } from '../../conformance/helpers.ts'
import { admin, nowOf, rowsOf, session, value } from '../../conformance/sql.ts'
import type { Ref } from '../../engine.ts'
import { isMissing } from '../errors.ts'
import type { KeptSnapshot } from '../history/moments.ts'
import type { LocalEngine } from '../local-engine.ts'
import { type LocalHarness, mountedHarness } from '../local-harness.ts'

const local = (id: string): Ref => ({ cell: 'local', id })
const parent = local('br-parent')
const compute = local('ep-parent')

/** One bit; again, and it is as it was. */
async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, at)
    byte[0]! ^= 16
    await file.write(byte, 0, 1, at)
    await file.sync()
  } finally {
    await file.close()
  }
}

describe('damage', () => {
  let harness: LocalHarness
  let engine: LocalEngine
  let isThere = false
  let failed = false
  let gen = 0
  let serial = 0
  /** After so many rows. */
  const moments: string[] = []
  /** Of the table that holds them, below pgdata. */
  let relation = ''

  before(async () => {
    const pace = { snapshotEveryBytes: 1, snapshotAtRestEveryBytes: 1, thinEveryMs: 3_600_000 }
    // Where a snapshot is a copy, it is not taken after every little.
    const made = await mountedHarness(17, 'xfs', '2G', { pace })
    if (!made) return
    harness = made
    isThere = true
    engine = await harness.open()
    await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
    // Four snapshots, with WAL between them: each stop takes one, and ends a segment.
    for (let n = 0; n < 4; n++) {
      const login = await wake()
      await session(login, async client => {
        await client.query('create table if not exists t (n int, x text)')
        await client.query(`insert into t select ${n}, repeat('x', 1000) from generate_series(1, 50)`)
        moments[n] = await nowOf(client)
        await client.query(`insert into t values (-1)`)
        await client.query(`delete from t where n = -1`)
        relation = (await client.query(`select pg_relation_filepath('t') as path`)).rows[0].path
        await client.query(`select pg_switch_wal()`)
      })
      await engine.ensureStopped(compute, ++gen, 'fast')
      while ((await snapshots()).length <= n) await pause(20)
    }
  })
  after(async () => {
    await engine?.close()
    await harness?.destroy(failed)
  })

  const check = (title: string, work: () => Promise<void>): void => {
    test(title, { timeout }, async t => {
      if (!isThere) return t.skip('no XFS can be mounted here')
      try {
        await work()
      } catch (error) {
        failed = true
        throw error
      }
    })
  }
  const wake = async (): Promise<ClientConfig> => {
    await ready(engine, compute, ++gen, specOf(parent))
    return await admin(engine, compute)
  }
  const lineageDir = async (): Promise<string> => {
    const history = join(harness.dataDir, 'history')
    const family = join(history, (await readdir(history))[0]!)
    const meta = JSON.parse(
      await readFile(join(harness.dataDir, 'data', parent.id, 'meta.json'), 'utf8'),
    ) as { lineage: string }
    return join(family, meta.lineage)
  }
  /** Oldest first. */
  const snapshots = async (): Promise<(KeptSnapshot & { pgdata: string })[]> => {
    const directory = join(await lineageDir(), 'snapshots')
    const found: (KeptSnapshot & { pgdata: string })[] = []
    for (const id of (await readdir(directory)).filter(id => !id.startsWith('.'))) {
      const text = await readFile(join(directory, id, 'snapshot.json'), 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return null
        throw error
      })
      // A damaged one may go as soon as it is known to be.
      if (text === null) continue
      const facts = JSON.parse(text) as KeptSnapshot
      found.push({ ...facts, id, pgdata: join(directory, id, 'pgdata') })
    }
    return found.sort((a, b) => (a.time < b.time ? -1 : 1))
  }
  /** The snapshot from which this moment would be opened. */
  const baseOf = async (n: number) => {
    const base = (await snapshots()).findLast(
      ({ time, damage }) => damage === undefined && time <= moments[n]!,
    )
    assert.ok(base, `a snapshot before moment ${n}`)
    return base
  }
  const make = async (time: string): Promise<Ref> => {
    const data = local(`br-${++serial}`)
    await engine.ensureData(data, 1, { from: 'branch', parent, at: { time } }, { windowSeconds: 0 })
    return data
  }
  const rowsAt = async (n: number): Promise<number> => {
    const data = await make(moments[n]!)
    const on = local(`ep-${data.id}`)
    await ready(engine, on, 1, specOf(data))
    const rows = await rowsOf(await admin(engine, on))
    await engine.ensureGone(on, 2)
    await engine.ensureGone(data, 2)
    return rows.length
  }
  const nothingMade = async (): Promise<void> => {
    assert.deepEqual(await readdir(join(harness.dataDir, 'data')), [parent.id])
  }

  check('all is well', async () => {
    for (let n = 0; n < 4; n++) assert.equal(await rowsAt(n), (n + 1) * 50)
    const { bytes, damage } = await engine.verify(parent)
    assert.deepEqual(damage, [])
    assert.ok(bytes > 4 * 10_000_000)
  })

  check('in a kept segment of WAL: told by its name, and nothing is made of it', async () => {
    const directory = join(await lineageDir(), 'wal')
    // Of the second wake: what its moment is reached through.
    const kept = (await readdir(directory)).filter(name => /^[0-9A-F]{24}\./.test(name)).sort()
    const base = await baseOf(1)
    const name = kept.find(name => name.slice(0, 24) > segmentBefore(base.redo))!
    const path = join(directory, name)
    for (const at of [100, 20_000, (await stat(path)).size - 1]) {
      await flip(path, at)
      await assert.rejects(make(moments[1]!), {
        code: 'internal',
        message: new RegExp(`${name.slice(0, 24)} .*damaged`),
      })
      await nothingMade()
      await flip(path, at)
    }
    await flip(path, 100)
    const { damage } = await engine.verify(parent)
    assert.equal(damage.length, 1)
    assert.match(damage[0]!, new RegExp(name.slice(0, 24)))
    await flip(path, 100)
    assert.equal(await rowsAt(1), 100)
  })

  check('in a page of a snapshot: Postgres refuses it when it reads it', async () => {
    // Full since the first wake, so that no replay writes it anew.
    const path = join((await baseOf(3)).pgdata, relation)
    await flip(path, 500)
    const data = await make(moments[3]!)
    const on = local(`ep-${data.id}`)
    await ready(engine, on, 1, specOf(data))
    const login = await admin(engine, on)
    await assert.rejects(value(login, 'select sum(n) from t'), { code: 'XX001', message: /invalid page/ })
    await engine.ensureGone(on, 2)
    await engine.ensureGone(data, 2)
    await flip(path, 500)
  })

  check('in a page of a snapshot: reading all of them finds it, and it is gone around', async () => {
    const base = await baseOf(3)
    const path = join(base.pgdata, relation)
    await flip(path, 500)
    const { damage } = await engine.verify(parent)
    assert.equal(damage.length, 1)
    assert.match(damage[0]!, new RegExp(`${base.id}.*${relation}: block 0`))
    assert.notEqual((await baseOf(3)).id, base.id)
    assert.equal(await rowsAt(3), 200)
  })

  check('in the commit status of a snapshot: an earlier one serves', async () => {
    const base = await baseOf(2)
    await flip(join(base.pgdata, 'pg_xact', '0000'), 190)
    assert.equal(await rowsAt(2), 150)
    // What is damaged goes at the next thinning.
    const damaged = (await snapshots()).find(({ id }) => id === base.id)
    assert.match(damaged ? (damaged.damage ?? '') : 'pg_xact', /pg_xact/)
    assert.notEqual((await baseOf(2)).id, base.id)
    await nothingMade()
  })

  check('where nothing that is whole leads there, it is said', async () => {
    const whole = (await snapshots()).filter(({ damage }) => damage === undefined)
    for (const { pgdata } of whole) await flip(join(pgdata, 'global', 'pg_control'), 60)
    // From the template, through all the WAL.
    assert.equal(await rowsAt(3), 200)
    const template = (await readdir(join(harness.dataDir, 'templates')))[0]!
    const first = join(harness.dataDir, 'templates', template, 'pgdata', 'PG_VERSION')
    await flip(first, 0)
    try {
      await assert.rejects(rowsAt(3))
    } finally {
      await flip(first, 0)
    }
  })

  check('in a page of the branch itself, asleep', async () => {
    const path = join(harness.dataDir, 'data', parent.id, 'pgdata', relation)
    await flip(path, 500)
    const { damage } = await engine.verify(parent)
    assert.ok(
      damage.some(text => text.includes(`${relation}: block 0`)),
      damage.join(),
    )
    await flip(path, 500)
  })
})

/** The name of the segment before the one in which a place of timeline 1 lies. */
function segmentBefore(lsn: string): string {
  const segment = Number.parseInt(lsn.split('/')[1]!, 16) >> 24
  return `00000001${'0'.repeat(8)}${(segment - 1).toString(16).toUpperCase().padStart(8, '0')}`
}
