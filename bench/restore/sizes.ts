// A restore of a large database against one of a small database, over the same WAL.

import { fill } from '../fill.ts'
import { Lab, noSnapshots, withClient } from '../lab.ts'
import type { Part } from '../parts.ts'
import { initialize } from '../pgbench.ts'
import { flush } from '../place.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave } from '../rounds.ts'
import { ratios } from '../stats.ts'
import { restoreToFirstRow, writeWal } from './moments.ts'

const walBytes = 64 * 1024 * 1024
/** Of 15 MB: both have these tables, and only they are written to. */
const scale = 3

export const restoreSizes: Part = {
  size: '24G',
  on: ['xfs', 'btrfs'],
  async run({ place, rounds, quick }) {
    const largeMb = quick ? 1024 : 4096
    const lab = await Lab.open(place.directory, { snapshotEveryBytes: noSnapshots })
    const target = async (fillerMb: number): Promise<() => Promise<number>> => {
      const parent = await lab.create()
      const first = await lab.start(parent)
      await initialize(first, scale)
      await withClient(first, client => fill(client, fillerMb))
      await lab.stopWithSnapshot(parent)
      const login = await lab.start(parent)
      const { time } = (await writeWal(login, walBytes)).at(-1)!
      await lab.keepWal(parent, login)
      await lab.stop(parent)
      return async () => {
        flush(place)
        return (await restoreToFirstRow(lab, parent, time)).ms
      }
    }
    const times = await interleave(rounds, { small: await target(1), large: await target(largeMb) })
    await lab.close()
    printFigures('Restore over 64 MB of WAL to the first row, ms', {
      '50 MB': times.small,
      [`${largeMb} MB`]: times.large,
    })
    const name = `restore of ${largeMb} MB / of 50 MB`
    return { goals: [ratioGoal(name, ratios(times.large, times.small), { atMost: 1.3 })], results: times }
  },
}
