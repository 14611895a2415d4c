// What a benchmark prints, and the JSON file that it leaves in bench/results/.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export interface Goal {
  name: string
  value: number
  /** The bound that it should stay below. */
  atMost: number
  /** By which the run is judged: the quartile, so that a few slow rounds do not fail it. */
  lowerQuartile?: number
  unit: 'x' | 'starts' | 'KiB' | 'ms'
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
    ['goal', 'measured', 'at most', ''],
    goals.map(({ name, value, atMost, lowerQuartile, unit }) => [
      name,
      `${value.toFixed(2)} ${unit}`,
      `${atMost.toFixed(2)} ${unit}`,
      value <= atMost ? 'met' : (lowerQuartile ?? value) <= atMost ? 'within noise' : 'MISSED',
    ]),
  )
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
