// The clone of a cluster's files alone, against `cp -a` of the same tree.

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../../test/fixtures/clients.ts'
import { fill } from '../fill.ts'
import { Lab, withClient } from '../lab.ts'
import type { Part } from '../parts.ts'
import { flush } from '../place.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave, timed } from '../rounds.ts'
import { ratios } from '../stats.ts'

const atMost = { xfs: 1.15, btrfs: 0.25, disk: 1.1 }
const megabytes = 300

export const cloneStep: Part = {
  size: '8G',
  async run({ place, rounds }) {
    const lab = await Lab.open(place.directory)
    const { driver } = lab
    const { user } = lab.engine.machine
    const parent = await lab.create()
    await withClient(await lab.start(parent), client => fill(client, megabytes))
    await lab.stop(parent)
    // Both copy this: it has no WAL, which ours would leave out.
    const tree = join(lab.engine.machine.layout.data, 'tree')
    await driver.cloneCluster(lab.pgdataOf(parent), tree, { owner: user })
    const [ours, theirs] = [join(place.directory, 'ours'), join(place.directory, 'theirs')]
    const how = driver.kind === 'copy' ? [] : ['--reflink=always']
    const times = await interleave(rounds, {
      ours: async () => {
        flush(place)
        const ms = await timed(() => driver.cloneCluster(tree, ours, { owner: user }))
        await driver.removeTree(ours)
        return ms
      },
      cp: async () => {
        flush(place)
        const ms = await timed(async () => {
          const { code, stderr } = await runProgram('cp', ['-a', ...how, tree, theirs])
          if (code !== 0) throw new Error(stderr)
        })
        rmSync(theirs, { recursive: true })
        return ms
      },
    })
    await lab.close()
    const files = Number(
      execFileSync('sh', ['-c', 'find "$1" -type f | wc -l', 'sh', tree], { encoding: 'utf8' }),
    )
    const command = ['cp -a', ...how].join(' ')
    const list = ratios(times.ours, times.cp)
    printFigures(`Clone of ${megabytes} MB in ${files} files by ${driver.kind}, ms`, {
      ours: times.ours,
      [command]: times.cp,
    })
    return {
      goals: [ratioGoal(`clone step / ${command}`, list, { atMost: atMost[place.kind] })],
      results: { times, files },
    }
  },
}
