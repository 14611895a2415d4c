// How much WAL should lie between two snapshots? More of them bound a restore, and each forces a checkpoint, after which
// whole pages go into the WAL again. A table, and no goal: the default in archivist.ts was chosen by it.

import { join } from 'node:path'
import { Lab, noSnapshots, type Piece, value, withClient } from '../lab.ts'
import type { Part } from '../parts.ts'
import { initialize, type Login, load } from '../pgbench.ts'
import { printTable } from '../report.ts'
import { shuffled } from '../stats.ts'
import { type Mark, mark, restoreToFirstRow } from './moments.ts'

const megabyte = 1024 * 1024
const burstSeconds = 3
/** Restores of each that are timed, each just before a snapshot: the longest way. */
const mostRestores = 3

interface Candidate {
  everyMb: number | null
  lab: Lab
  parent: Piece
  login: Login
  begin: Mark & { pages: number }
  marks: Mark[]
  transactions: number
  seconds: number
}

export const spacing: Part = {
  size: '48G',
  on: ['xfs', 'btrfs'],
  async run({ place, quick }) {
    const sizes = quick ? [16, 32, 64, null] : [64, 128, 256, 512, null]
    // As many pages as the longest interval has room for: with fewer, its WAL would grow ever more slowly.
    const scale = quick ? 10 : 50
    const longest = (quick ? 64 : 512) * megabyte
    const candidates: Candidate[] = []
    for (const everyMb of sizes) {
      const lab = await Lab.open(join(place.directory, `every-${everyMb}`), {
        snapshotEveryBytes: everyMb === null ? noSnapshots : everyMb * megabyte,
      })
      const parent = await lab.create()
      const first = await lab.start(parent)
      await initialize(first, scale)
      await lab.stopWithSnapshot(parent)
      const login = await lab.start(parent)
      const begin = { ...(await mark(login)), pages: await wholePages(login) }
      candidates.push({ everyMb, lab, parent, login, begin, marks: [], transactions: 0, seconds: 0 })
    }
    // In turns, until each has been through its interval twice.
    const isDone = ({ begin, marks }: Candidate): boolean =>
      marks.length > 0 && marks.at(-1)!.lsn - begin.lsn > 2.2 * longest
    while (!candidates.every(isDone)) for (const candidate of shuffled(candidates)) await burst(candidate)

    const rows: (string | number)[][] = []
    const results: object[] = []
    for (const candidate of candidates) {
      const { everyMb, login, begin, marks, transactions, seconds } = candidate
      const pages = (await wholePages(login)) - begin.pages
      const restoresMs = await worstRestores(candidate)
      const walBytes = Number(marks.at(-1)!.lsn - begin.lsn)
      const [tps, wal, worst] = [transactions / seconds, walBytes / transactions, Math.max(...restoresMs)]
      rows.push([
        ...[everyMb === null ? 'none' : `${everyMb} MB`, tps, wal / 1000, pages / transactions],
        restoresMs.length === 0 ? '-' : worst,
      ])
      results.push({ everyMb, tps, walBytes, transactions, pages, restoresMs })
      await candidate.lab.stop(candidate.parent)
      await candidate.lab.close()
    }
    printTable(
      'A snapshot every so much WAL (pgbench -N)',
      ['', 'TPS', 'WAL a transaction, KB', 'whole pages a transaction', 'longest restore to first row, ms'],
      rows,
    )
    return { goals: [], results: { rows: results } }
  },
}

/** That went into the WAL so far. */
async function wholePages(login: Login): Promise<number> {
  return Number(await value<string>(login, 'select wal_fpi::text from pg_stat_wal'))
}

async function burst(candidate: Candidate): Promise<void> {
  const { transactions, tps } = await load(candidate.login, [
    ...['-N', '-c', '4', '-j', '1', '-T', String(burstSeconds)],
  ])
  candidate.transactions += transactions
  candidate.seconds += transactions / tps
  candidate.marks.push(await mark(candidate.login))
}

async function worstRestores({ lab, parent, login, marks }: Candidate): Promise<number[]> {
  await withClient(login, client => client.query('select pg_current_xact_id()'))
  const snapshots = (await lab.historyOf(parent).snapshots.list()).slice(1)
  const targets = snapshots
    .map(({ time }) => marks.findLast(each => each.time < time))
    .filter(each => each !== undefined)
  const times: number[] = []
  for (const { time } of targets.slice(-mostRestores)) {
    times.push((await restoreToFirstRow(lab, parent, time)).ms)
  }
  return times
}
