// A branch of a large parent against one of a small parent.

import { branchToFirstRow, filledProject, openPilotlight, removeBranches } from '../branches.ts'
import type { Part } from '../parts.ts'
import { flush } from '../place.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave } from '../rounds.ts'
import { ratios } from '../stats.ts'

export const sizes: Part = {
  size: '24G',
  on: ['xfs', 'btrfs'],
  async run({ place, rounds, quick }) {
    const largeMb = quick ? 1024 : 4096
    const pilotlight = await openPilotlight(place)
    const small = await filledProject(pilotlight, 50)
    const large = await filledProject(pilotlight, largeMb)
    const target = (project: typeof small) => async () => {
      flush(place)
      const { ms, id } = await branchToFirstRow(pilotlight, project)
      await removeBranches(pilotlight, project, [id])
      return ms
    }
    const times = await interleave(rounds, { small: target(small), large: target(large) })
    await pilotlight.stop()
    printFigures('Branch to first row, ms', { '50 MB': times.small, [`${largeMb} MB`]: times.large })
    const name = `branch of ${largeMb} MB / of 50 MB`
    return { goals: [ratioGoal(name, ratios(times.large, times.small), { atMost: 1.3 })], results: times }
  },
}
