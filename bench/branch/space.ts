// The bytes of a branch that nobody has touched: what df shows less afterwards, which du cannot know where blocks are
// shared. WAL is shown apart: every cluster has a segment that it writes to.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fill } from '../fill.ts'
import { Lab, type Piece, withClient } from '../lab.ts'
import type { Part } from '../parts.ts'
import { usedBytes } from '../place.ts'
import { printTable } from '../report.ts'

const branches = 10
const megabyte = 1e6

export const space: Part = {
  size: '24G',
  on: ['xfs', 'btrfs'],
  async run({ place, quick }) {
    const parentMb = quick ? 1024 : 4096
    const lab = await Lab.open(place.directory)
    const parent = await lab.create()
    const login = await lab.start(parent)
    await withClient(login, async client => {
      await fill(client, parentMb)
      await client.query('checkpoint')
    })
    const parentBytes = parentMb * 1024 * 1024
    const kept = (): number => bytesBelow(lab.historyOf(parent).directory)
    const walOf = (piece: Piece): number => bytesBelow(join(lab.pgdataOf(piece), 'pg_wal'))

    // The first one settles what a first backup changes in the parent; it stays.
    await lab.branch(parent)
    const atFirst = { used: usedBytes(place), parentWal: walOf(parent), history: kept() }
    const made: Piece[] = []
    for (let n = 0; n < branches; n++) made.push(await lab.branch(parent))
    const untouched = {
      used: usedBytes(place) - atFirst.used,
      ownWal: await exclusive(lab, made),
      parents: walOf(parent) - atFirst.parentWal + kept() - atFirst.history,
    }
    const before = { used: usedBytes(place) }
    for (const piece of made) {
      await lab.start(piece)
      await lab.stop(piece)
    }
    const once = {
      used: usedBytes(place) - before.used,
      ownWal: (await exclusive(lab, made)) - untouched.ownWal,
    }
    for (const piece of [...made, parent]) await lab.stop(piece)
    await lab.close()

    const each = (bytes: number): number => bytes / branches / megabyte
    const beyond = each(untouched.used - untouched.ownWal - untouched.parents)
    const beyondOnce = each(once.used - once.ownWal)
    printTable(
      `A branch of ${parentMb} MB, MB each (of ${branches})`,
      ['', 'df', 'of it its own WAL', 'WAL and history of the parent', 'the rest'],
      [
        ['made', each(untouched.used), each(untouched.ownWal), each(untouched.parents), beyond],
        ['and started and stopped, in addition', each(once.used), each(once.ownWal), '', beyondOnce],
      ],
    )
    const percent = (100 * beyond * megabyte) / parentBytes
    return {
      goals: [
        { name: 'untouched branch beyond its WAL', value: beyond, atMost: 20, unit: 'MB' },
        { name: 'untouched branch beyond its WAL, of its parent', value: percent, atMost: 1, unit: '%' },
      ],
      results: { parentMb, branches, untouched, once },
    }
  },
}

/** What only these branches hold of their WAL. */
async function exclusive(lab: Lab, pieces: Piece[]): Promise<number> {
  const usages = await lab.driver.usage(pieces.map(piece => join(lab.pgdataOf(piece), 'pg_wal')))
  return usages.reduce((sum, { exclusiveBytes }) => sum + exclusiveBytes, 0)
}

function bytesBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0)
}
