// Rounds: each runs each target once, in shuffled order, so that a machine that slows down slows all of them.

import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { shuffled } from './stats.ts'

/**
 * A target measures itself, and returns its figure. The first round warms caches on all sides, and does not count. The
 * load of the machine is printed beside: neighbours are the first thing to suspect.
 */
export async function interleave<Name extends string>(
  rounds: number,
  targets: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(targets) as Name[]
  const figures = Object.fromEntries(names.map(name => [name, []])) as unknown as Record<Name, number[]>
  const loads: number[] = []
  const stolenBefore = processorTimes()
  for (let round = 0; round <= rounds; round++) {
    for (const name of shuffled(names)) {
      const figure = await targets[name]()
      if (round > 0) figures[name].push(figure)
    }
    loads.push(loadavg()[0]!)
  }
  const { stolen, all } = processorTimes()
  const steal = (100 * (stolen - stolenBefore.stolen)) / Math.max(1, all - stolenBefore.all)
  const [low, high] = [Math.min(...loads), Math.max(...loads)]
  console.log(`  ${rounds} rounds; load ${low.toFixed(1)} to ${high.toFixed(1)}, steal ${steal.toFixed(1)} %`)
  return figures
}

/** /proc/stat: user nice system idle iowait irq softirq steal. */
function processorTimes(): { stolen: number; all: number } {
  try {
    const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/)
    const times = fields.slice(0, 8).map(Number)
    return { stolen: times[7] ?? 0, all: times.reduce((sum, time) => sum + time, 0) }
  } catch {
    return { stolen: 0, all: 0 }
  }
}

/** How long it takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
