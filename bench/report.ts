// What a benchmark prints, and the JSON file that it leaves in bench/results/.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median, quantile, summarize } from './stats.ts'

export interface Goal {
  name: string
  value: number
  /** The bound that it should stay below. */
  atMost?: number
  /** The bound that it should reach. */
  atLeast?: number
  /** The one on the good side: by it the run is judged, so that a few slow rounds do not fail it. */
  quartile?: number
  unit: 'x' | 'starts' | 'KiB' | 'MB' | 'ms' | '%' | 'misses'
}

/** Of ratios, one a round. */
export function ratioGoal(
  name: string,
  list: number[],
  bound: { atMost: number } | { atLeast: number },
): Goal {
  const quartile = quantile(list, 'atMost' in bound ? 0.25 : 0.75)
  return { name, value: median(list), ...bound, quartile, unit: 'x' }
}

export function printTable(title: string, head: string[], rows: (string | number)[][]): void {
  const cells = [head, ...rows].map(row =>
    row.map(cell => (typeof cell === 'number' ? cell.toFixed(cell < 10 ? 2 : 1) : cell)),
  )
  const widths = head.map((_, at) => Math.max(...cells.map(row => row[at]!.length)))
  console.log(`\n${title}`)
  for (const row of cells) {
    console.log(
      `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`,
    )
  }
}

/** Prints each goal with its outcome; a goal that is missed is said, and is no failure of the program. */
export function printGoals(goals: Goal[]): void {
  printTable(
    'Goals',
    ['goal', 'measured', 'bound', ''],
    goals.map(goal => {
      const { name, value, atMost, atLeast, quartile = value, unit } = goal
      const bound = atMost === undefined ? `>= ${atLeast?.toFixed(2)}` : `<= ${atMost.toFixed(2)}`
      const outcome = isMet(goal, value) ? 'met' : isMet(goal, quartile) ? 'within noise' : 'MISSED'
      return [name, `${value.toFixed(2)} ${unit}`, `${bound} ${unit}`, outcome]
    }),
  )
}

function isMet(
  { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }: Goal,
  value: number,
): boolean {
  return value <= atMost && value >= atLeast
}

/** Quartiles of lists of figures, a line each. */
export function printFigures(title: string, lists: Record<string, number[]>): void {
  const rows = Object.entries(lists).map(([name, list]) => {
    const { n, p25, p50, p75 } = summarize(list)
    return [name, p25, p50, p75, String(n)]
  })
  printTable(title, ['', 'p25', 'p50', 'p75', 'n'], rows)
}

export function saveResults(name: string, results: object): void {
  const directory = fileURLToPath(new URL('results/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const file = `${directory}${name}-${new Date().toISOString().replace(/[:.]/g, '-')}.json`
  writeFileSync(file, `${JSON.stringify({ machine: machine(), commit: commit(), ...results }, null, 2)}\n`)
  console.log(`\nSaved ${file}`)
}

export function machine(): object {
  return {
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
