// A restore to a time, to the first row, against the same by hand; and once as users do it.

import { join } from 'node:path'
import { branchToFirstRow, filledProject, openPilotlight, removeBranches } from '../branches.ts'
import { withSession } from '../clients.ts'
import { Lab, noSnapshots } from '../lab.ts'
import type { Part } from '../parts.ts'
import { initialize, load } from '../pgbench.ts'
import { flush, type Place } from '../place.ts'
import { printFigures, printTable, ratioGoal } from '../report.ts'
import { RestorePeer } from '../restore-peer.ts'
import { interleave } from '../rounds.ts'
import { median, ratios } from '../stats.ts'
import { restoreToFirstRow, writeWal } from './moments.ts'

/** Of 15 MB. */
const scale = 10
const megabyte = 1024 * 1024

export const byHand: Part = {
  size: '12G',
  async run({ place, rounds, quick }) {
    const walBytes = (quick ? 64 : 128) * megabyte
    const lab = await Lab.open(place.directory, { snapshotEveryBytes: noSnapshots })
    const parent = await lab.create()
    await initialize(await lab.start(parent), scale)
    const base = await lab.stopWithSnapshot(parent)
    const login = await lab.start(parent)
    const { time } = (await writeWal(login, walBytes)).at(-1)!
    await lab.keepWal(parent, login)
    const peer = new RestorePeer(lab, parent, join(place.directory, 'by-hand'))
    await peer.collectWal()
    const basePgdata = lab.historyOf(parent).snapshots.pgdataOf(base.id)
    const dataMs: number[] = []
    const times = await interleave(rounds, {
      ours: async () => {
        flush(place)
        const restored = await restoreToFirstRow(lab, parent, time)
        dataMs.push(restored.dataMs)
        return restored.ms
      },
      byHand: async () => {
        flush(place)
        return await peer.restoreToFirstRow(basePgdata, time)
      },
    })
    await lab.stop(parent)
    await lab.close()
    printFigures(`Restore over ${walBytes / megabyte} MB of WAL to the first row, ms`, {
      ours: times.ours,
      'of it, until the data is there': dataMs.slice(1),
      'by hand: cp, restore_command, start': times.byHand,
    })
    const api = await throughTheApi(place, quick)
    const goal = ratioGoal('restore / by hand', ratios(times.ours, times.byHand), { atMost: 1.1 })
    return { goals: [goal], results: { times, dataMs, api } }
  },
}

/** With what a project has by default. */
async function throughTheApi(place: Place, quick: boolean): Promise<number[]> {
  const pilotlight = await openPilotlight({ ...place, directory: join(place.directory, 'api') })
  const project = await filledProject(pilotlight, 50)
  const login = {
    ...{ host: project.host, port: pilotlight.run.pgPort, user: project.role, password: project.password },
    database: project.database,
  }
  const env = { PGHOSTADDR: '127.0.0.1', PGSSLMODE: 'require' }
  await initialize(login, scale, env)
  const times: number[] = []
  for (let n = 0; n < (quick ? 3 : 9); n++) {
    await load(login, ['-N', '-c', '4', '-j', '1', '-T', '2'], { env })
    const time = await withSession(pilotlight, project, async client => {
      const { rows } = await client.query(
        `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time, pg_sleep(0.01)`,
      )
      return rows[0].time as string
    })
    flush(place)
    const { ms, id } = await branchToFirstRow(pilotlight, project, time)
    times.push(ms)
    await removeBranches(pilotlight, project, [id])
  }
  await pilotlight.stop()
  printTable(
    'Through the API: POST branches with a parent_timestamp, first row through the proxy',
    ['ms (median)', 'slowest'],
    [[median(times), Math.max(...times)]],
  )
  return times
}
