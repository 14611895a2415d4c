import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import * as local from '../engine/local/index.ts'
import type { Catalog } from './catalog.ts'
import { startTestCluster, type TestCluster } from './testing.ts'
import { afterCommit } from './unit.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await sql`create table notes (text text primary key)`.execute(catalog.db)
})
after(() => cluster?.stop())

const note = (text: string, db: Parameters<Parameters<Catalog['transaction']>[0]>[0] | Catalog['db']) =>
  sql`insert into notes (text) values (${text})`.execute(db)
/** As others see it. */
const noted = async (prefix: string) => {
  const { rows } = await catalog.pool.query(`select text from notes where text like $1 order by 1`, [
    `${prefix}%`,
  ])
  return rows.map(row => row.text)
}
const seenInside = async (text: string) => {
  const { rows } = await sql`select from notes where text = ${text}`.execute(catalog.db)
  return rows.length === 1
}

test('queries and transactions of a unit are seen by it at once, and by others after its commit', async () => {
  const told: string[] = []
  const value = await catalog.unit(async () => {
    await note('a1', catalog.db)
    await catalog.transaction(trx => note('a2', trx))
    afterCommit(() => told.push('after'))
    assert.equal(await seenInside('a1'), true)
    assert.equal(await seenInside('a2'), true)
    assert.deepEqual(await noted('a'), [])
    assert.deepEqual(told, [])
    return { commit: true, value: 7 }
  })
  assert.equal(value, 7)
  assert.deepEqual(await noted('a'), ['a1', 'a2'])
  assert.deepEqual(told, ['after'])
})

test('a unit that does not commit, or throws, leaves nothing, and tells nobody', async () => {
  const told: string[] = []
  const work = async () => {
    await catalog.transaction(trx => note('b1', trx))
    afterCommit(() => told.push('after'))
  }
  await catalog.unit(async () => {
    await work()
    return { commit: false, value: undefined }
  })
  await assert.rejects(
    catalog.unit(async () => {
      await work()
      throw new Error('lost')
    }),
    /lost/,
  )
  assert.deepEqual(await noted('b'), [])
  assert.deepEqual(told, [])
})

test('what fails inside is undone alone', async () => {
  await catalog.unit(async () => {
    await note('c1', catalog.db)
    await assert.rejects(note('c1', catalog.db), /duplicate/)
    await assert.rejects(
      catalog.transaction(async trx => {
        await note('c2', trx)
        await note('c1', trx)
      }),
      /duplicate/,
    )
    await note('c3', catalog.db)
    return { commit: true, value: undefined }
  })
  assert.deepEqual(await noted('c'), ['c1', 'c3'])
})

test('queries side by side', async () => {
  await catalog.unit(async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => note(`d${i}`, catalog.db)))
    return { commit: true, value: undefined }
  })
  assert.equal((await noted('d')).length, 20)
})

test('what a unit leaves running behind itself is in it no more', async () => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  let behind: Promise<void> | undefined
  await catalog.unit(async () => {
    behind = held.then(async () => {
      await note('e1', catalog.db)
      assert.deepEqual(await noted('e'), ['e1'])
    })
    return { commit: false, value: undefined }
  })
  release()
  await behind
})

test('a unit that cannot commit says so', async () => {
  const told: string[] = []
  await assert.rejects(
    catalog.unit(async () => {
      await note('f1', catalog.db)
      afterCommit(() => told.push('after'))
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(catalog.db)
      await cluster.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      return { commit: true, value: undefined }
    }),
  )
  assert.deepEqual(await noted('f'), [])
  assert.deepEqual(told, [])
  await note('f2', catalog.db)
})

test('outside of a unit nothing waits', () => {
  let ran = false
  afterCommit(() => {
    ran = true
  })
  assert.equal(ran, true)
})
