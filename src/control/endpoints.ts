// Endpoints as the API sees them: looked at, started, suspended, restarted.

import * as endpoints from '../catalog/endpoints.ts'
import type { Operation } from '../catalog/operations.ts'
import { type ComputeAction, computeActions } from '../contract/compute-states.ts'
import { PilotlightError } from '../contract/errors.ts'
import { enqueue } from './operations/queue.ts'
import type { Parts } from './parts.ts'
import type { Projects } from './projects.ts'

export interface EndpointResult {
  endpoint: endpoints.Endpoint
  operations: Operation[]
}

const actionOperations = {
  start: ['start_compute'],
  suspend: ['suspend_compute'],
  restart: ['suspend_compute', 'start_compute'],
} as const satisfies Record<ComputeAction, readonly string[]>

export class Endpoints {
  readonly #parts: Parts
  readonly #projects: Projects

  constructor(parts: Parts, projects: Projects) {
    this.#parts = parts
    this.#projects = projects
  }

  /** Throws project_not_found, endpoint_not_found. */
  async get(projectId: string, endpointId: string): Promise<endpoints.Endpoint> {
    await this.#projects.get(projectId)
    const endpoint = await endpoints.find(this.#parts.catalog.db, projectId, endpointId)
    if (!endpoint) throw new PilotlightError('endpoint_not_found')
    return endpoint
  }

  async list(projectId: string): Promise<endpoints.Endpoint[]> {
    await this.#projects.get(projectId)
    return await endpoints.listOfProject(this.#parts.catalog.db, projectId)
  }

  /** The operations are empty where there is nothing to do. Throws endpoint_in_transition, endpoint_disabled. */
  async act(projectId: string, endpointId: string, action: ComputeAction): Promise<EndpointResult> {
    const endpoint = await this.get(projectId, endpointId)
    const allowed: readonly string[] = computeActions[action]
    if (!allowed.includes(endpoint.state)) throw new PilotlightError('endpoint_in_transition', { action })
    if (endpoint.disabled && action !== 'suspend') throw new PilotlightError('endpoint_disabled')
    if (this.#isDone(endpoint, action)) return { endpoint, operations: [] }
    const about = { project_id: projectId, branch_id: endpoint.branch_id, endpoint_id: endpointId }
    const operations = await this.#parts.catalog.transaction(trx =>
      enqueue(
        trx,
        actionOperations[action].map(name => ({ ...about, action: name })),
      ),
    )
    return { endpoint, operations }
  }

  #isDone(endpoint: endpoints.Endpoint, action: ComputeAction): boolean {
    return (
      (action === 'start' && endpoint.state === 'running') ||
      (action === 'suspend' && endpoint.state === 'suspended')
    )
  }
}
