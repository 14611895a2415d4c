// What clients that poll 50 operations ten times a second do to somebody else's query: its latency through the proxy,
// while they poll and while they do not.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Pilotlight, ProjectDetails } from '../../test/fixtures/pilotlight.ts'
import { openNamed } from '../asked.ts'
import { clientOf } from '../clients.ts'
import type { Outcome, Part, Setting } from '../parts.ts'
import { printFigures, ratioGoal } from '../report.ts'
import { interleave } from '../rounds.ts'
import { median, quantile, ratios } from '../stats.ts'

const polled = 50
const script = fileURLToPath(new URL('poller.ts', import.meta.url))

interface Polled {
  answers: number
  failures: number
  seconds: number
}

async function run({ place, rounds, quick }: Setting): Promise<Outcome> {
  const queries = quick ? 500 : 2000
  const pilotlight = await openNamed(place, 'd')
  const project = await pilotlight.createProject({
    default_endpoint_settings: { suspend_timeout_seconds: -1 },
  })
  await pilotlight.settle(project.id)
  const ids = await someOperations(pilotlight, project)
  const client = clientOf(pilotlight, project)
  await client.connect()
  const slow: Record<'quiet' | 'polled', number[]> = { quiet: [], polled: [] }
  const polls: Polled[] = []
  const latency = async (tails: number[]) => {
    const times: number[] = []
    for (let count = 0; count < queries; count++) {
      const startedAt = performance.now()
      await client.query('select 1')
      times.push(performance.now() - startedAt)
    }
    tails.push(quantile(times, 0.99))
    return median(times)
  }
  try {
    const typical = await interleave(rounds, {
      quiet: () => latency(slow.quiet),
      polled: async () => {
        const poller = await startPoller(pilotlight, project, ids)
        try {
          return await latency(slow.polled)
        } finally {
          polls.push(await poller.end())
        }
      },
    })
    printFigures('select 1 through the proxy, ms: median', typical)
    printFigures('select 1 through the proxy, ms: p99', slow)
    const rates = polls.map(({ answers, seconds }) => answers / seconds)
    printFigures('answers to polls a second', { polled: rates })
    return {
      goals: [
        ratioGoal('a query while 50 operations are polled / quiet', ratios(typical.polled, typical.quiet), {
          atMost: 2,
        }),
        {
          name: 'polls that were not answered',
          value: polls.reduce((sum, { failures }) => sum + failures, 0),
          ...{ atMost: 0, unit: 'misses' as const },
        },
      ],
      results: { typical, slow, polls },
    }
  } finally {
    await client.end().catch(() => {})
    await pilotlight.down()
  }
}

/** Which they are makes no difference to the one that looks them up. */
async function someOperations(pilotlight: Pilotlight, { id }: ProjectDetails): Promise<string[]> {
  const { data } = await pilotlight.api.listProjectOperations({ projectId: id, limit: polled })
  return Array.from({ length: polled }, (_, at) => data.operations[at % data.operations.length]!.id)
}

async function startPoller(
  { run: { apiUrl }, apiKey }: Pilotlight,
  project: ProjectDetails,
  ids: string[],
): Promise<{ end(): Promise<Polled> }> {
  const child = spawn(process.execPath, [script, `${apiUrl}/api/v2`, apiKey, project.id, ...ids], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = text(child.stdout)
  // Its start is no part of what is measured.
  await new Promise(resolve => setTimeout(resolve, 1500))
  return {
    async end() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      return JSON.parse(await said) as Polled
    },
  }
}

export const polling: Part = { size: '4G', on: ['disk'], run }
