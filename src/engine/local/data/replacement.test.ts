// A replacement that was cut short between two of its renames is completed when the engine is opened again.

import assert from 'node:assert/strict'
import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { dayOfHistory, ready, specOf } from '../../conformance/helpers.ts'
import { admin, rowsOf, session } from '../../conformance/sql.ts'
import type { Ref } from '../../engine.ts'
import type { LocalEngine } from '../local-engine.ts'
import { localHarness } from '../local-harness.ts'

const local = (id: string): Ref => ({ cell: 'local', id })
const parent = local('br-parent')
const branch = local('br-branch')
const old = local('br-old')

test('a replacement that was cut short', { timeout: 180_000 }, async t => {
  const harness = await localHarness(17)
  const path = (id: string) => join(harness.dataDir, 'data', id)
  let engine: LocalEngine = await harness.open()
  let failed = true
  let gen = 0
  const rowsIn = async (data: Ref): Promise<number[]> => {
    const compute = local(`ep-${data.id}`)
    await ready(engine, compute, ++gen, specOf(data))
    const rows = await rowsOf(await admin(engine, compute))
    await engine.ensureGone(compute, ++gen)
    return rows
  }
  const origin = { from: 'branch' as const, parent, at: { head: true as const } }
  const replace = () =>
    engine.replaceData(branch, ++gen, origin, { ...dayOfHistory, keepOldAs: old, token: 'one' })
  try {
    await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
    await ready(engine, local('ep-parent'), 1, specOf(parent))
    const login = await admin(engine, local('ep-parent'))
    await session(login, client => client.query('create table t (n int); insert into t values (1)'))
    await engine.ensureData(branch, ++gen, origin, dayOfHistory)
    await session(login, client => client.query('insert into t values (2)'))
    await engine.ensureGone(local('ep-parent'), 2)
    await replace()
    assert.deepEqual([await rowsIn(branch), await rowsIn(old)], [[1, 2], [1]])

    /** Back to when the new data was whole, and then so many renames on. */
    const undo = async (renames: number): Promise<void> => {
      await engine.close()
      const next = path(`.next-${branch.id}`)
      if (renames < 2) {
        await rename(path(branch.id), next)
        await writeFile(join(next, 'replace.json'), JSON.stringify({ keepOldAs: old.id }))
      } else {
        await writeFile(join(path(branch.id), 'replace.json'), JSON.stringify({ keepOldAs: old.id }))
      }
      if (renames < 1) await rename(path(old.id), path(branch.id))
      engine = await harness.open()
    }
    for (const renames of [0, 1, 2]) {
      await t.test(`after ${renames} renames`, async () => {
        await undo(renames)
        const names = await readdir(join(harness.dataDir, 'data'))
        assert.deepEqual(names.sort(), [branch.id, old.id, parent.id])
        assert.deepEqual([await rowsIn(branch), await rowsIn(old)], [[1, 2], [1]])
        // Asked for again, it is done.
        await replace()
        assert.deepEqual([await rowsIn(branch), await rowsIn(old)], [[1, 2], [1]])
      })
    }
    failed = false
  } finally {
    await engine.close()
    await harness.destroy(failed)
  }
})
