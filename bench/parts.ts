// A benchmark of several parts, each on a fresh file system of each kind that was asked for.

import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { cleanly, unlessInterrupted } from './cleanup.ts'
import { type FileSystem, fileSystems, makePlace, type Place } from './place.ts'
import { type Goal, printGoals, saveResults } from './report.ts'

export interface Setting {
  place: Place
  rounds: number
  /** Smaller data, for a look in between. */
  quick: boolean
}

export interface Outcome {
  goals: Goal[]
  results: object
}

export interface Part {
  /** What its image may grow to. */
  size: string
  /** Where it makes sense; by default everywhere. */
  on?: readonly FileSystem[]
  run(setting: Setting): Promise<Outcome>
}

function flagsOf(parts: Record<string, Part>, name: string) {
  const options = {
    fs: { type: 'string', default: fileSystems.join(',') },
    rounds: { type: 'string', default: '9' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(parts).join(',') },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    console.error(`${(error as Error).message}
usage: npm run bench -- ${name} [--fs ${options.fs.default}] [--rounds ${options.rounds.default}] [--quick]
       [--only ${options.only.default}]`)
    process.exit(2)
  }
}

/**
 * Flags: `--fs xfs,btrfs,disk`, `--rounds 9`, `--quick`, `--only <part>,…`. A part that fails is told, and the others go
 * on.
 */
export async function runParts(name: string, parts: Record<string, Part>): Promise<void> {
  const flags = flagsOf(parts, name)
  const rounds = Number(flags.rounds)
  const { quick } = flags
  const kinds = known('--fs', fileSystems, flags.fs)
  const wanted = known('--only', Object.keys(parts), flags.only)
  await cleanly(async () => {
    const goals: Goal[] = []
    const results: Record<string, Record<string, object>> = {}
    for (const part of wanted) {
      const { size, on = fileSystems, run } = parts[part]!
      for (const kind of kinds.filter(kind => on.includes(kind))) {
        const place = makePlace(kind, size)
        if (!place) continue
        const load = loadavg().map(value => value.toFixed(1))
        console.log(`\n## ${part} on ${kind} (load average ${load.join(' ')})`)
        try {
          const outcome = await run({ place, rounds, quick })
          goals.push(...outcome.goals.map(goal => ({ ...goal, name: `${kind}: ${goal.name}` })))
          results[part] = { ...results[part], [kind]: outcome.results }
        } catch (error) {
          await unlessInterrupted()
          // Its text only: an error of the HTTP client carries the API key.
          console.error(`${part} on ${kind} failed: ${(error as Error).stack}`)
          process.exitCode = 1
        } finally {
          await place.remove()
        }
      }
    }
    printGoals(goals)
    saveResults(name, { settings: { rounds, quick, kinds, wanted }, goals, results })
  })
}

function known<T extends string>(flag: string, all: readonly T[], list: string): T[] {
  return list.split(',').map(name => {
    const found = all.find(each => each === name)
    if (found === undefined) throw new Error(`${flag} ${name}: it is one of ${all.join(', ')}`)
    return found
  })
}
