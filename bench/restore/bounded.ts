// A restore does not replay all of a history: with a gigabyte of WAL behind the oldest base, against a replay of it all.

import { join } from 'node:path'
import { parseLsn } from '../../src/engine/local/history/lsn.ts'
import { Lab } from '../lab.ts'
import type { Part } from '../parts.ts'
import { initialize } from '../pgbench.ts'
import { flush } from '../place.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { RestorePeer } from '../restore-peer.ts'
import { interleave } from '../rounds.ts'
import { ratios, shuffled } from '../stats.ts'
import { restoreToFirstRow, writeWal } from './moments.ts'

const megabyte = 1024 * 1024
/** Of 15 MB. */
const scale = 20

export const bounded: Part = {
  size: '24G',
  async run({ place, rounds, quick }) {
    const leastBytes = (quick ? 256 : 1024) * megabyte
    // As far beyond that as one interval between snapshots: targets lie anywhere in one.
    const intervalBytes = (quick ? 64 : 256) * megabyte
    const lab = await Lab.open(place.directory, quick ? { snapshotEveryBytes: intervalBytes } : {})
    const parent = await lab.create()
    await initialize(await lab.start(parent), scale)
    const base = await lab.stopWithSnapshot(parent)
    const login = await lab.start(parent)
    const marks = await writeWal(login, leastBytes + intervalBytes)
    await lab.keepWal(parent, login)
    const peer = new RestorePeer(lab, parent, join(place.directory, 'by-hand'))
    await peer.collectWal()
    const { snapshots } = lab.historyOf(parent)
    const basePgdata = snapshots.pgdataOf(base.id)
    const taken = (await snapshots.list()).length - 1
    const first = parseLsn(base.lsn)
    const targets = shuffled(marks.filter(({ lsn }) => lsn - first >= BigInt(leastBytes)))
    const next = { ours: 0, byHand: 0 }
    const times = await interleave(rounds, {
      ours: async () => {
        flush(place)
        const { time } = targets[next.ours++ % targets.length]!
        return (await restoreToFirstRow(lab, parent, time)).ms
      },
      byHand: async () => {
        flush(place)
        const { time } = targets[next.byHand++ % targets.length]!
        return await peer.restoreToFirstRow(basePgdata, time)
      },
    })
    await lab.stop(parent)
    await lab.close()
    const written = Number(marks.at(-1)!.lsn - first) / megabyte
    printFigures(`Restore with ${written.toFixed(0)} MB of WAL behind the oldest base, ms`, {
      [`ours (${taken} snapshots since)`]: times.ours,
      'replay from the oldest base by hand': times.byHand,
    })
    const list = ratios(times.ours, times.byHand)
    return {
      goals: [ratioGoal('restore / replay from the oldest base', list, { atMost: 0.2 })],
      results: { times, taken, written },
    }
  },
}
