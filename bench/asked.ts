// Requests as a client makes them, one after the other on a connection that is kept, and how long each took.

import { join } from 'node:path'
import { Pilotlight } from '../test/fixtures/pilotlight.ts'
import { atEnd } from './cleanup.ts'
import type { Place } from './place.ts'
import { quantile } from './stats.ts'

/** One of several in the place. Without a limit on requests: it is not what is measured. */
export async function openNamed(place: Place, name: string): Promise<Pilotlight> {
  const pilotlight = await Pilotlight.start({
    dataDir: join(place.directory, name),
    flags: ['--log-level', 'warn', '--api-rate-limit', '0'],
  })
  atEnd(async () => void (await pilotlight.down()))
  return pilotlight
}

/** The body, read to its end. Throws for any other answer than a good one. */
export async function get<Body>({ run, apiKey }: Pilotlight, path: string): Promise<Body> {
  const answer = await fetch(`${run.apiUrl}/api/v2${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Body
}

/** The slowest but one in a hundred, in ms. */
export async function p99(pilotlight: Pilotlight, path: string, requests: number): Promise<number> {
  const times: number[] = []
  for (let count = 0; count < requests; count++) {
    const startedAt = performance.now()
    await get(pilotlight, path)
    times.push(performance.now() - startedAt)
  }
  return quantile(times, 0.99)
}
