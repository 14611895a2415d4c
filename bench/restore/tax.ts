// What the keeping of history costs those who write: pgbench -N with it, without it, and on a Postgres that archives
// nothing at all.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Lab, value } from '../lab.ts'
import type { Part } from '../parts.ts'
import { Peer } from '../peers.ts'
import { initialize, type Login, load } from '../pgbench.ts'
import { flush } from '../place.ts'
import { printFigures, printTable, ratioGoal } from '../report.ts'
import { interleave } from '../rounds.ts'
import { ratios } from '../stats.ts'

/** Of 15 MB. */
const scale = 20

export const tax: Part = {
  size: '24G',
  async run({ place, rounds, quick }) {
    const seconds = quick ? 4 : 10
    const lab = await Lab.open(place.directory)
    const kept = await lab.create()
    const keptLogin = await lab.start(kept)
    await initialize(keptLogin, scale)
    await lab.stopWithSnapshot(kept)
    const directory = join(place.directory, 'bare')
    mkdirSync(directory)
    const { password } = lab.engine.machine
    const peer = new Peer({
      ...{ directory, binDir: lab.build.binDir, pgdata: lab.pgdataOf(kept), user: keptLogin.user, password },
      configFile: lab.configFileOf(kept),
      // Both are off or on for the sake of history.
      settings: ['archive_mode = off', 'wal_recycle = on'],
    })
    await lab.start(kept)
    const unkept = await lab.create(0)
    const unkeptLogin = await lab.start(unkept)
    await initialize(unkeptLogin, scale)
    // As the others were: pages that are written for the first time since a start go into the WAL whole.
    await lab.stop(unkept)
    await lab.start(unkept)
    const bare = await peer.spawnToFirstRow()
    const bareLogin = peer.loginTo('neondb')

    const totals: Record<string, { transactions: number; walBytes: number }> = {}
    const target = (name: string, login: Login) => async () => {
      flush(place)
      const before = await value<string>(login, `select (pg_current_wal_lsn() - '0/0')::text`)
      const { tps, transactions } = await load(login, ['-N', '-c', '4', '-j', '1', '-T', String(seconds)])
      const after = await value<string>(login, `select (pg_current_wal_lsn() - '0/0')::text`)
      const total = totals[name] ?? { transactions: 0, walBytes: 0 }
      total.transactions += transactions
      total.walBytes += Number(BigInt(after) - BigInt(before))
      totals[name] = total
      return tps
    }
    const tps = await interleave(rounds, {
      kept: target('kept', keptLogin),
      unkept: target('unkept', unkeptLogin),
      bare: target('bare', bareLogin),
    })
    // The first is the one at rest, from before.
    const taken = (await lab.historyOf(kept).snapshots.list()).length - 1
    await bare.stop()
    await lab.stop(kept)
    await lab.stop(unkept)
    await lab.close()
    printFigures(`pgbench -N, transactions per second (runs of ${seconds} s)`, {
      [`with history (${taken} snapshots meanwhile)`]: tps.kept,
      'without (a window of 0)': tps.unkept,
      'archive_mode = off': tps.bare,
    })
    printTable(
      'All runs together',
      ['', 'transactions', 'of archive_mode = off', 'WAL a transaction, KB'],
      Object.entries(totals).map(([name, { transactions, walBytes }]) => [
        ...[name, String(transactions), transactions / totals.bare!.transactions],
        walBytes / transactions / 1000,
      ]),
    )
    return {
      goals: [
        ratioGoal('TPS with history / archive_mode = off', ratios(tps.kept, tps.bare), { atLeast: 0.95 }),
        ratioGoal('TPS with history / a window of 0', ratios(tps.kept, tps.unkept), { atLeast: 0.95 }),
      ],
      results: { seconds, tps, totals, taken },
    }
  },
}
