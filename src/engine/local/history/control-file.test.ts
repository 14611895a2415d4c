// Against what Postgres itself says of its control file and of its WAL.

import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Client } from 'pg'
import { systemClock } from '../../../lib/clock.ts'
import { silentLogger } from '../../../lib/logger.ts'
import { session } from '../../conformance/sql.ts'
import { type Cluster, openCluster } from '../cluster.ts'
import { temporaryDir } from '../local-harness.ts'
import { openMachine } from '../machine.ts'
import { chooseBuild } from '../postgres/builds.ts'
import { endOfWal, readControlFile } from './control-file.ts'
import { formatLsn, offsetInSegment, parseLsn, segmentBytes } from './lsn.ts'

const pageBytes = 8192
/** How far before the end of a page, or of a segment, the last record begins: it is about 120 bytes long. */
const distances = [8, 24, 48, 104, 112, 120, 128, 136]

for (const major of [17, 18]) {
  test(`pg_control of Postgres ${major}, and the end of its WAL`, { timeout: 120_000 }, async t => {
    const dataDir = await temporaryDir()
    t.after(() => rm(dataDir, { recursive: true, force: true }))
    const machine = await openMachine({ dataDir, logger: silentLogger })
    // Without an archive: a stop then switches no segment, so that its checkpoint can lie anywhere.
    const cluster = openCluster({
      ...{ machine, clock: systemClock, name: 'catalog', database: 'catalog', memoryMb: 1024 },
      ...{ build: chooseBuild(machine.builds, major), settings: {}, onUnexpectedEnd: () => {} },
    })
    t.after(async () => {
      await cluster.ensureStopped('immediate')
      cluster.close()
    })
    const pgdata = join(dataDir, 'catalog', 'pgdata')
    const login = await cluster.ensureRunning()
    await session(login, async client => {
      await client.query('checkpoint')
      const { rows } = await client.query(
        `select c.checkpoint_lsn::text, c.redo_lsn::text, c.timeline_id, s.system_identifier::text
           from pg_control_checkpoint() c, pg_control_system() s`,
      )
      const control = await readControlFile(pgdata)
      assert.deepEqual(
        {
          checkpoint_lsn: formatLsn(control.checkpoint),
          redo_lsn: formatLsn(control.redo),
          timeline_id: control.timeline,
          system_identifier: control.systemIdentifier.toString(),
        },
        rows[0],
      )
      assert.equal(control.isShutDown, false)
      const settings = await client.query<{ value: number }>(
        `select current_setting(name)::int as value
           from unnest(array['max_connections', 'max_worker_processes', 'max_wal_senders',
                             'max_prepared_transactions', 'max_locks_per_transaction']) as name`,
      )
      const { isLogical, ...numbers } = control.writer
      assert.deepEqual(
        Object.values(numbers),
        settings.rows.map(({ value }) => value),
      )
      assert.equal(isLogical, false)
      await client.query('create extension pg_walinspect')
    })
    const crossings = new Set<string>()
    for (const before of distances) crossings.add(await stopAndCompare(cluster, pgdata, pageBytes, before))
    // Two of them at the end of a segment.
    for (const before of [56, 120]) {
      crossings.add(await stopAndCompare(cluster, pgdata, segmentBytes, before))
    }
    assert.deepEqual([...crossings].sort(), ['none', 'page', 'segment'])
    await cluster.ensureRunning()
    await cluster.ensureStopped('immediate')
    assert.equal((await readControlFile(pgdata)).isShutDown, false)
  })
}

/** Stops it with its last record so close to a boundary; what we say of that record has to be what Postgres says. */
async function stopAndCompare(
  cluster: Cluster,
  pgdata: string,
  unit: number,
  before: number,
): Promise<string> {
  const login = await cluster.ensureRunning()
  const insert = await session(login, client => padTo(client, unit, before))
  await cluster.ensureStopped()
  const control = await readControlFile(pgdata)
  assert.ok(control.isShutDown)
  assert.equal(control.redo, control.checkpoint)
  assert.ok(control.checkpoint >= insert)
  const end = await endOfWal(pgdata, control)
  await cluster.ensureRunning()
  await session(login, async client => {
    const { rows } = await client.query(
      'select end_lsn::text as end from pg_get_wal_record_info($1::pg_lsn)',
      [formatLsn(control.checkpoint)],
    )
    assert.equal(formatLsn(end), rows[0].end, `checkpoint at ${formatLsn(control.checkpoint)}`)
  })
  const isIn = (size: number) =>
    (control.checkpoint / BigInt(size)) * BigInt(size) === ((end - 1n) / BigInt(size)) * BigInt(size)
  return isIn(pageBytes) ? 'none' : isIn(segmentBytes) ? 'page' : 'segment'
}

/** Writes WAL until its end is that far before a boundary; as near as it gets where the header of a page interferes. */
async function padTo(client: Client, unit: number, before: number): Promise<bigint> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await client.query('select pg_current_wal_insert_lsn()::text as lsn')
    const lsn = parseLsn(rows[0].lsn)
    const gap = unit - (offsetInSegment(lsn) % unit)
    if (gap === before || attempt === 30) return lsn
    // A message costs some 60 bytes beside its text; the rest is found in steps, and a new page begins after each miss.
    const left = gap > before + 80 ? gap - before : gap + unit - before
    const bytes = left > 100_000 ? left - 60_000 : Math.max(1, left - overhead(left))
    await client.query(`select pg_logical_emit_message(false, 'p', repeat('x', $1::int))`, [bytes])
  }
}

/** Of a message that is to take so many bytes of WAL: its header, what aligns it, and those of the pages inside. */
function overhead(bytes: number): number {
  return 64 + Math.floor(bytes / pageBytes) * 24
}

test('what is no control file of ours is refused', async t => {
  const pgdata = await temporaryDir()
  t.after(() => rm(pgdata, { recursive: true, force: true }))
  await assert.rejects(readControlFile(pgdata), { code: 'ENOENT' })
  await mkdir(join(pgdata, 'global'))
  const file = join(pgdata, 'global', 'pg_control')
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(40, 1), Buffer.alloc(8192)]) {
    await writeFile(file, bytes)
    await assert.rejects(readControlFile(pgdata), { code: 'internal' })
  }
  assert.equal((await readFile(file)).length, 8192)
})

test('a checkpoint that is not where pg_control has it is no end of WAL', async t => {
  const pgdata = await temporaryDir()
  t.after(() => rm(pgdata, { recursive: true, force: true }))
  await mkdir(join(pgdata, 'pg_wal'))
  await writeFile(join(pgdata, 'pg_wal', '000000010000000000000001'), Buffer.alloc(segmentBytes))
  await assert.rejects(endOfWal(pgdata, { timeline: 1, checkpoint: parseLsn('0/1000028') }), {
    code: 'internal',
    message: /no checkpoint/,
  })
})
