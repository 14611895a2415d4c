// GET /branches of a project with 5,000, against one with 10; and all 5,000 at once, as Neon's GitHub action asks for them.

import { get, openNamed, p99 } from '../asked.ts'
import type { Outcome, Part, Setting } from '../parts.ts'
import { plantBranches } from '../planted.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave, timed } from '../rounds.ts'
import { median, ratios } from '../stats.ts'

const many = 5000

async function run({ place, rounds, quick }: Setting): Promise<Outcome> {
  const requests = quick ? 30 : 100
  const pilotlight = await openNamed(place, 'd')
  try {
    const project = async (name: string, branches: number) => {
      const made = await pilotlight.createProject({ name })
      await pilotlight.suspend(made)
      return { made, path: `/projects/${made.id}/branches`, plant: branches - 1 }
    }
    const [small, large] = [await project('few', 10), await project('many', many)]
    await plantBranches(pilotlight, large.made, large.plant)
    await plantBranches(pilotlight, small.made, small.plant)
    const pageOf = (path: string) => () => p99(pilotlight, `${path}?limit=10`, requests)
    const searchIn = (path: string) => () => p99(pilotlight, `${path}?search=twig-7`, requests)
    const times = await interleave(rounds, {
      'page of 10': pageOf(small.path),
      'page of 5,000': pageOf(large.path),
      'search in 10': searchIn(small.path),
      'search in 5,000': searchIn(large.path),
      'all of 5,000': () => timed(() => get(pilotlight, `${large.path}?limit=10000`)),
    })
    printFigures(`p99 of ${requests} GET /branches, ms (all at once: one)`, times)
    return {
      goals: [
        ratioGoal(
          'p99 of GET /branches, page: 5,000 / 10',
          ratios(times['page of 5,000'], times['page of 10']),
          {
            atMost: 3,
          },
        ),
        // The action gives up after ten seconds, and there is more than this to do.
        {
          name: 'all 5,000 branches at once',
          value: median(times['all of 5,000']),
          atMost: 2000,
          unit: 'ms',
        },
      ],
      results: times,
    }
  } finally {
    await pilotlight.down()
  }
}

export const branchesListed: Part = { size: '4G', on: ['disk'], run }
