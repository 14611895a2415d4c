// GET /projects with 10,000 of them, and with 10: two installations, asked in turns.

import { get, openNamed, p99 } from '../asked.ts'
import type { Outcome, Part, Setting } from '../parts.ts'
import { plantProjects } from '../planted.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave } from '../rounds.ts'
import { ratios } from '../stats.ts'

const few = 10
const many = 10_000

async function run({ place, rounds, quick }: Setting): Promise<Outcome> {
  const requests = quick ? 50 : 200
  const asked = async (name: string, projects: number) => {
    const pilotlight = await openNamed(place, name)
    const model = await pilotlight.createProject({ name: 'model' })
    await pilotlight.suspend(model)
    await plantProjects(pilotlight, model, projects - 1)
    // From the middle on, where there is a middle.
    const { pagination } = await get<{ pagination?: { cursor: string } }>(
      pilotlight,
      `/projects?limit=${Math.min(400, projects / 2)}`,
    )
    const cursor = encodeURIComponent(pagination!.cursor)
    return {
      pilotlight,
      first: () => p99(pilotlight, '/projects', requests),
      later: () => p99(pilotlight, `/projects?limit=5&cursor=${cursor}`, requests),
      found: () => p99(pilotlight, `/projects?search=planted-${projects - 5}`, requests),
      one: () => p99(pilotlight, `/projects/planted-${projects - 5}`, requests),
    }
  }
  const [small, large] = [await asked('few', few), await asked('many', many)]
  try {
    const times = await interleave(rounds, {
      ...{ 'first page of 10': small.first, 'first page of 10,000': large.first },
      ...{ 'later page of 10': small.later, 'later page of 10,000': large.later },
      ...{ 'search in 10': small.found, 'search in 10,000': large.found },
      ...{ 'one of 10': small.one, 'one of 10,000': large.one },
    })
    printFigures(`p99 of ${requests} GET /projects, ms`, times)
    const atMost = 3
    return {
      goals: (['first page', 'later page', 'search', 'one'] as const).map(what => {
        const of = what === 'search' ? 'in' : 'of'
        const [manyTimes, fewTimes] = [
          times[`${what} ${of} 10,000` as never],
          times[`${what} ${of} 10` as never],
        ]
        return ratioGoal(`p99 of GET /projects, ${what}: 10,000 / 10`, ratios(manyTimes, fewTimes), {
          atMost,
        })
      }),
      results: times,
    }
  } finally {
    await small.pilotlight.down()
    await large.pilotlight.down()
  }
}

export const projectsListed: Part = { size: '4G', on: ['disk'], run }
