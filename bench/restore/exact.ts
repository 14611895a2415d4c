// Right as well as fast: of random targets in time, the row that was committed a millisecond before is there, the one of
// a millisecond after is not.

import { Lab, type Piece, value, withClient } from '../lab.ts'
import type { Part } from '../parts.ts'
import { initialize, type Login, load } from '../pgbench.ts'
import { printTable } from '../report.ts'
import { shuffled } from '../stats.ts'

const megabyte = 1024 * 1024

interface Aim {
  /** The last row that is to be there. */
  n: number
  time: string
}

export const exact: Part = {
  size: '12G',
  async run({ place, quick }) {
    const targets = quick ? 15 : 50
    const lab = await Lab.open(place.directory, { snapshotEveryBytes: 32 * megabyte })
    const parent = await lab.create()
    const login = await lab.start(parent)
    await initialize(login, 3)
    const noise = load(login, ['-N', '-c', '2', '-j', '1', '-R', '200', '-T', quick ? '10' : '30'])
    let isOver = false
    const aims = writeRows(login, () => isOver)
    await noise
    isOver = true
    const misses: object[] = []
    for (const aim of shuffled(await aims).slice(0, targets)) {
      const found = await lastRowAt(lab, parent, aim.time)
      if (found.last !== aim.n || found.count !== aim.n) misses.push({ aim, found })
    }
    const snapshots = (await lab.historyOf(parent).snapshots.list()).length
    await lab.stop(parent)
    await lab.close()
    printTable(
      'Random targets, the next commit a millisecond away on both sides',
      ['targets', 'misses', 'snapshots that they began from'],
      [[String(targets), String(misses.length), `${snapshots} and the template`]],
    )
    if (misses.length > 0) console.log(JSON.stringify(misses, null, 2))
    return {
      goals: [{ name: `${targets} random targets`, value: misses.length, atMost: 0, unit: 'misses' }],
      results: { targets, misses, snapshots },
    }
  },
}

/** One row a commit. Between two of them lie two milliseconds at least, and the aim is in the middle. */
async function writeRows(login: Login, isOver: () => boolean): Promise<Aim[]> {
  return await withClient(login, async client => {
    await client.query('create table numbered (n int primary key)')
    const aims: Aim[] = []
    for (let n = 1; !isOver(); n++) {
      await client.query('insert into numbered values ($1)', [n])
      const { rows } = await client.query(
        `select to_char((clock_timestamp() + interval '1 ms') at time zone 'UTC',
                        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time`,
      )
      await client.query('select pg_sleep(0.0021)')
      aims.push({ n, time: rows[0].time })
    }
    // So that a commit lies behind the last aim.
    await client.query('insert into numbered values (0)')
    await client.query('delete from numbered where n = 0')
    return aims
  })
}

async function lastRowAt(lab: Lab, parent: Piece, time: string): Promise<{ last: number; count: number }> {
  const piece = await lab.branch(parent, { time })
  const login = await lab.start(piece)
  const [last, count] = [
    await value<number>(login, 'select coalesce(max(n), 0)::int from numbered'),
    await value<number>(login, 'select count(*)::int from numbered'),
  ]
  await lab.remove(piece)
  return { last, count }
}
