// POST /projects: how soon it is answered, and how many an hour get done, beside nothing and beside 10,000 others.

import { openNamed } from '../asked.ts'
import type { Outcome, Part, Setting } from '../parts.ts'
import { plantProjects } from '../planted.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave, timed } from '../rounds.ts'
import { ratios } from '../stats.ts'

async function run({ place, rounds, quick }: Setting): Promise<Outcome> {
  const each = quick ? 2 : 5
  const installation = async (name: string, projects: number) => {
    const pilotlight = await openNamed(place, name)
    const model = await pilotlight.createProject({ name: 'model' })
    await pilotlight.suspend(model)
    await plantProjects(pilotlight, model, projects)
    return pilotlight
  }
  const small = await installation('few', 10)
  const large = await installation('many', 10_000)
  const answers = { few: [] as number[], many: [] as number[] }
  const create = (pilotlight: typeof small, answered: number[]) => async () => {
    const ids: string[] = []
    const ms = await timed(async () => {
      for (let count = 0; count < each; count++) {
        const startedAt = performance.now()
        ids.push((await pilotlight.createProject()).id)
        answered.push(performance.now() - startedAt)
      }
      for (const id of ids) await pilotlight.settle(id)
    })
    for (const id of ids) await pilotlight.api.deleteProject(id)
    return ms / each
  }
  try {
    const done = await interleave(rounds, {
      'beside 10': create(small, answers.few),
      'beside 10,000': create(large, answers.many),
    })
    printFigures('POST /projects, ms until answered', answers)
    printFigures(`POST /projects, ms a project until its operations are done, ${each} in a row`, done)
    return {
      goals: [
        ratioGoal('POST /projects, answered: beside 10,000 / 10', ratios(answers.many, answers.few), {
          atMost: 3,
        }),
        ratioGoal(
          'POST /projects, done: beside 10,000 / 10',
          ratios(done['beside 10,000'], done['beside 10']),
          {
            atMost: 2,
          },
        ),
      ],
      results: { answers, done },
    }
  } finally {
    await small.down()
    await large.down()
  }
}

export const creation: Part = { size: '8G', on: ['xfs', 'disk'], run }
