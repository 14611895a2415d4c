// What the parent's clients notice of branches being made: the latencies of a steady load, with and without.

import { branchToFirstRow, filledProject, openPilotlight, removeBranches } from '../branches.ts'
import type { Part } from '../parts.ts'
import { initialize, type LoadResult, type Login, load } from '../pgbench.ts'
import { flush } from '../place.ts'
import { printTable, ratioGoal } from '../report.ts'
import { interleave } from '../rounds.ts'
import { median, quantile, ratios } from '../stats.ts'

/** Of 15 MB. */
const scale = 20
const clients = ['-c', '4', '-j', '1']

export const neighbour: Part = {
  size: '12G',
  async run({ place, rounds, quick }) {
    const branchesMade = quick ? 10 : 20
    const pilotlight = await openPilotlight(place)
    const parent = await filledProject(pilotlight, 1)
    // As any client comes: TLS, and the host name for SNI.
    const login: Login = {
      ...{ host: parent.host, port: pilotlight.run.pgPort, user: parent.role, password: parent.password },
      database: parent.database,
    }
    const env = { PGHOSTADDR: '127.0.0.1', PGSSLMODE: 'require' }
    await initialize(login, scale, env)

    /** One after the other, each to its first row. */
    const makeBranches = async (): Promise<string[]> => {
      const ids: string[] = []
      for (let n = 0; n < branchesMade; n++) ids.push((await branchToFirstRow(pilotlight, parent)).id)
      return ids
    }
    const steady = async (kind: string, rate: number, seconds: number): Promise<LoadResult> =>
      await load(login, [kind, ...clients, '-R', rate.toFixed(0), '-T', seconds.toFixed(0)], {
        log: true,
        env,
      })

    const results: Record<string, object> = {}
    const lists: Record<string, number[]> = {}
    for (const kind of ['-S', '-N']) {
      const { tps } = await load(login, [kind, ...clients, '-T', '5'], { env })
      const rate = tps / 3
      const startedAt = performance.now()
      await removeBranches(pilotlight, parent, await makeBranches())
      let seconds = Math.ceil((performance.now() - startedAt) / 1000)
      const figures = await interleave(quick ? 3 : Math.min(rounds, 9), {
        quiet: async () => {
          flush(place)
          return quantile((await steady(kind, rate, seconds)).latenciesMs, 0.99)
        },
        branching: async () => {
          flush(place)
          const began = performance.now()
          const loaded = steady(kind, rate, seconds)
          const ids = await makeBranches()
          const tookMs = performance.now() - began
          const { latenciesMs } = await loaded
          // What came after the last branch was quiet again, and must not dilute.
          const share = Math.min(1, tookMs / 1000 / seconds)
          seconds = Math.max(2, Math.ceil(tookMs / 1000))
          await removeBranches(pilotlight, parent, ids)
          return quantile(latenciesMs.slice(0, Math.ceil(latenciesMs.length * share)), 0.99)
        },
      })
      lists[kind] = ratios(figures.branching, figures.quiet)
      printTable(
        `p99 of the parent's clients while ${branchesMade} branches are made, ms`,
        ['load', 'per second', 'quiet', 'branching', 'ratio', 'made within'],
        [
          [
            ...[`pgbench ${kind}`, rate.toFixed(0), median(figures.quiet), median(figures.branching)],
            ...[median(lists[kind]), `${seconds} s`],
          ],
        ],
      )
      results[kind] = { rate, figures }
    }
    await pilotlight.stop()
    return {
      goals: [ratioGoal('p99 of pgbench -S while branching / quiet', lists['-S']!, { atMost: 1.5 })],
      results,
    }
  },
}
