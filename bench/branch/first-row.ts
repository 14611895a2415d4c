// From POST …/branches to the first row through the proxy, of a parent that is awake, against CREATE DATABASE … TEMPLATE
// of the same size in another compute of the same kind.

import type { ClientBase } from 'pg'
import { branchToFirstRow, filledProject, openPilotlight, removeBranches } from '../branches.ts'
import { clientOf, type Stages } from '../clients.ts'
import type { Part } from '../parts.ts'
import { flush, type Place } from '../place.ts'
import { printFigures, printTable, ratioGoal } from '../report.ts'
import { interleave, timed } from '../rounds.ts'
import { median, ratios } from '../stats.ts'

const megabytes = 300

export const firstRowOfBranch: Part = {
  size: '12G',
  async run({ place, rounds }) {
    const pilotlight = await openPilotlight(place)
    const parent = await filledProject(pilotlight, megabytes)
    const peer = await filledProject(pilotlight, megabytes)
    const client = clientOf(pilotlight, { ...peer, database: 'postgres' })
    await client.connect()
    await client.query(`create database t300 template ${peer.database}`)
    const stages: (Stages & { answered: number })[] = []
    const times = await interleave(rounds, {
      ours: async () => {
        flush(place)
        const made = await branchToFirstRow(pilotlight, parent)
        stages.push({ ...made.stages, answered: made.answeredMs })
        await removeBranches(pilotlight, parent, [made.id])
        return made.ms
      },
      walLog: () => createDatabase(place, client, 'wal_log'),
      fileCopy: () => createDatabase(place, client, 'file_copy'),
    })
    await client.end()
    await pilotlight.stop()
    printFigures(`Branch of ${megabytes} MB to its first row, ms`, {
      'POST branches, first row through the proxy': times.ours,
      'CREATE DATABASE … TEMPLATE (wal_log, the default)': times.walLog,
      'CREATE DATABASE … TEMPLATE STRATEGY file_copy': times.fileCopy,
    })
    printTable(
      'Stages of ours, ms (median)',
      ['stage', 'ms'],
      [
        ['the call is answered', median(stages.map(({ answered }) => answered))],
        ['client: TLS and password', median(stages.map(({ client }) => client))],
        ['cplane: data, and start of the compute', median(stages.map(({ cplane }) => cplane))],
        ['compute: connect and log in', median(stages.map(({ compute }) => compute))],
      ],
    )
    const goals = [
      ratioGoal('branch to first row / CREATE DATABASE', ratios(times.ours, times.walLog), { atMost: 0.3 }),
      ratioGoal('branch to first row / … file_copy', ratios(times.ours, times.fileCopy), { atMost: 0.3 }),
    ]
    return {
      // Where files are copied, a branch costs what its parent's bytes cost; that is documented, and no goal.
      goals: place.kind === 'disk' ? [] : goals,
      results: { times, stages },
    }
  },
}

async function createDatabase(place: Place, client: ClientBase, strategy: string): Promise<number> {
  flush(place)
  const ms = await timed(() => client.query(`create database x template t300 strategy ${strategy}`))
  await client.query('drop database x')
  return ms
}
