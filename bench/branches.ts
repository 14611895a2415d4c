// Branches as users make them: over HTTP, and then a connection.

import { join } from 'node:path'
import { Pilotlight, type ProjectDetails } from '../test/fixtures/pilotlight.ts'
import { atEnd } from './cleanup.ts'
import { type Stages, timedFirstRow, type Way, withSession } from './clients.ts'
import { fill } from './fill.ts'
import type { Place } from './place.ts'

export async function openPilotlight(place: Place): Promise<Pilotlight> {
  const pilotlight = await Pilotlight.start({
    dataDir: join(place.directory, 'd'),
    flags: ['--log-level', 'warn'],
  })
  atEnd(async () => void (await pilotlight.down()))
  return pilotlight
}

/** A project whose compute never sleeps, with that much in its database, and all of it on disk. */
export async function filledProject(pilotlight: Pilotlight, megabytes: number): Promise<ProjectDetails> {
  const project = await pilotlight.createProject({
    name: `${megabytes} MB`,
    default_endpoint_settings: { suspend_timeout_seconds: -1 },
  })
  await withSession(pilotlight, project, client => fill(client, megabytes))
  await pilotlight.settle(project.id)
  return project
}

export interface BranchMade {
  /** From the call to the first row. */
  ms: number
  /** Until the call was answered; the rest is the proxy's. */
  answeredMs: number
  stages: Stages
  id: string
  way: Way
}

/** `timestamp`: of that moment instead of now. */
export async function branchToFirstRow(
  pilotlight: Pilotlight,
  parent: ProjectDetails,
  timestamp?: string,
): Promise<BranchMade> {
  const startedAt = performance.now()
  const { data } = await pilotlight.api.createProjectBranch(parent.id, {
    branch: {
      parent_id: parent.branchId,
      ...(timestamp === undefined ? {} : { parent_timestamp: timestamp }),
    },
    endpoints: [{ type: 'read_write' as never }],
  })
  const answeredMs = performance.now() - startedAt
  const way = { ...parent, host: data.endpoints[0]!.host }
  const { stages } = await timedFirstRow(pilotlight, way)
  return { ms: performance.now() - startedAt, answeredMs, stages, id: data.branch.id, way }
}

/** For good: a deleted branch can otherwise be recovered, and keeps its bytes. */
export async function removeBranches(
  pilotlight: Pilotlight,
  project: ProjectDetails,
  ids: string[],
): Promise<void> {
  await pilotlight.settle(project.id)
  for (const id of ids) {
    const answer = await fetch(
      `${pilotlight.run.apiUrl}/api/v2/projects/${project.id}/branches/${id}?hard_delete=true`,
      { method: 'DELETE', headers: { authorization: `Bearer ${pilotlight.apiKey}` } },
    )
    if (!answer.ok) throw new Error(`DELETE of branch ${id}: ${answer.status} ${await answer.text()}`)
  }
  await pilotlight.settle(project.id)
}
