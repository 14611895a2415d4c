// Endpoints as the API sees them: made, changed, deleted, started, suspended, restarted.

import * as branches from '../catalog/branches.ts'
import * as endpoints from '../catalog/endpoints.ts'
import type { Operation } from '../catalog/operations.ts'
import { type ComputeAction, computeActions } from '../contract/compute-states.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import type { PreloadLibrary } from '../engine/engine.ts'
import { lockProject } from './branches/branch-creation.ts'
import type { ChangeFeed } from './changes.ts'
import { checkComputeSettings } from './compute-settings.ts'
import { assertWithinQuotas } from './consumption/quota-errors.ts'
import { type EndpointOptions, type EndpointRequest, newEndpoint, sizesOf } from './endpoint-requests.ts'
import { enqueue } from './operations/queue.ts'
import type { Parts } from './parts.ts'
import type { Projects } from './projects.ts'

export interface EndpointResult {
  endpoint: endpoints.Endpoint
  operations: Operation[]
}

export interface EndpointChange extends EndpointOptions {
  branch_id?: string | undefined
}

export interface EndpointListener {
  /** A running compute's endpoint has another suspend time. */
  retimed(endpoint: endpoints.Endpoint): void
}

const actionOperations = {
  start: ['start_compute'],
  suspend: ['suspend_compute'],
  restart: ['suspend_compute', 'start_compute'],
} as const satisfies Record<ComputeAction, readonly string[]>

export class Endpoints {
  readonly #parts: Parts
  readonly #projects: Projects
  readonly #changes: ChangeFeed
  readonly #listener: EndpointListener

  constructor(parts: Parts, projects: Projects, changes: ChangeFeed, listener: EndpointListener) {
    this.#parts = parts
    this.#projects = projects
    this.#changes = changes
    this.#listener = listener
  }

  /** Throws project_not_found, endpoint_not_found. */
  async get(projectId: string, endpointId: string): Promise<endpoints.Endpoint> {
    await this.#projects.get(projectId)
    const endpoint = await endpoints.findShown(this.#parts.catalog.db, projectId, endpointId)
    if (!endpoint) throw new PilotlightError('endpoint_not_found')
    return endpoint
  }

  async list(projectId: string): Promise<endpoints.Endpoint[]> {
    await this.#projects.get(projectId)
    return await endpoints.listShown(this.#parts.catalog.db, projectId)
  }

  /**
   * Throws project_not_found, branch_not_found, invalid_request, endpoint_exists, endpoints_limit,
   * endpoint_read_only_unsupported, setting_forbidden, too_many_operations.
   */
  async create(projectId: string, branchId: string, request: EndpointRequest): Promise<EndpointResult> {
    await this.#check(projectId, request)
    return await this.#parts.catalog.transaction(async trx => {
      const project = await lockProject(trx, projectId)
      if (!(await branches.findShown(trx, projectId, branchId))) throw new PilotlightError('branch_not_found')
      const wanted = newEndpoint(project, branchId, request, 'console')
      const others = (await endpoints.listShown(trx, projectId)).filter(row => row.branch_id === branchId)
      if (others.some(({ type }) => type === 'read_write')) {
        throw new PilotlightError('endpoint_exists', { branch: branchId })
      }
      if (others.length >= limits.endpointsPerBranch) {
        throw new PilotlightError('endpoints_limit', { limit: limits.endpointsPerBranch })
      }
      const endpoint = await endpoints.insert(trx, wanted)
      const about = { project_id: projectId, branch_id: branchId, endpoint_id: endpoint.id }
      const operations = await enqueue(
        trx,
        endpoint.disabled ? [] : [{ ...about, action: 'start_compute' as const }],
      )
      return { endpoint, operations }
    })
  }

  /**
   * What a running compute can take up at once, the operation gives it; the rest waits for its next start: sessions are not
   * ended for it. Throws project_not_found, endpoint_not_found, invalid_request, setting_forbidden, too_many_operations.
   */
  async update(projectId: string, endpointId: string, change: EndpointChange): Promise<EndpointResult> {
    await this.#check(projectId, change)
    const result = await this.#parts.catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const before = await endpoints.findShown(trx, projectId, endpointId)
      if (!before) throw new PilotlightError('endpoint_not_found')
      if (change.branch_id !== undefined && change.branch_id !== before.branch_id) {
        throw new PilotlightError('invalid_request', {
          detail: 'endpoint.branch_id: an endpoint stays with its branch',
        })
      }
      const sizes = sizesOf(
        { min: change.autoscaling_limit_min_cu, max: change.autoscaling_limit_max_cu },
        { min: before.min_cu, max: before.max_cu },
      )
      const { name, disabled, suspend_timeout_seconds, settings } = change
      const { provisioner, pooler_enabled, passwordless_access } = change
      const endpoint = await endpoints.update(trx, endpointId, {
        ...{ name, disabled, suspend_timeout_seconds, provisioner, pooler_enabled, passwordless_access },
        settings: settings && { ...before.settings, ...settings },
        ...{ min_cu: sizes.min, max_cu: sizes.max },
      })
      const about = { project_id: projectId, branch_id: before.branch_id, endpoint_id: endpointId }
      const mustStop = disabled === true && before.state !== 'suspended'
      const operations = await enqueue(trx, [
        ...(isOfCompute(change)
          ? [{ ...about, action: 'apply_config' as const, details: { endpoint_settings: true } }]
          : []),
        ...(mustStop ? [{ ...about, action: 'suspend_compute' as const }] : []),
      ])
      return { endpoint: endpoint!, operations }
    })
    if (result.endpoint.state === 'running') this.#listener.retimed(result.endpoint)
    this.#changes.publish({ change: 'access', endpoint_id: endpointId })
    if (result.endpoint.disabled) this.#changes.publish({ change: 'compute', endpoint_id: endpointId })
    return result
  }

  /**
   * From here on nobody can connect by it; its sessions end behind the answer. Undefined: there is no such endpoint.
   * Throws project_not_found, endpoint_protected, too_many_operations.
   */
  async delete(projectId: string, endpointId: string): Promise<EndpointResult | undefined> {
    const { catalog, clock } = this.#parts
    const result = await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const before = await endpoints.findShown(trx, projectId, endpointId)
      if (!before) return undefined
      if ((await branches.find(trx, before.branch_id))?.protected) {
        throw new PilotlightError('endpoint_protected')
      }
      const endpoint = await endpoints.update(trx, endpointId, { deleted_at: new Date(clock.now()) })
      const about = { project_id: projectId, branch_id: before.branch_id, endpoint_id: endpointId }
      const operations = await enqueue(trx, [{ ...about, action: 'suspend_compute' }])
      return { endpoint: endpoint!, operations }
    })
    if (result) this.#changes.forget([result.endpoint])
    return result
  }

  /**
   * The operations are empty where there is nothing to do. Throws endpoint_in_transition, endpoint_disabled, and the
   * errors of used up quotas.
   */
  async act(projectId: string, endpointId: string, action: ComputeAction): Promise<EndpointResult> {
    const endpoint = await this.get(projectId, endpointId)
    const allowed: readonly string[] = computeActions[action]
    if (!allowed.includes(endpoint.state)) throw new PilotlightError('endpoint_in_transition', { action })
    if (endpoint.disabled && action !== 'suspend') throw new PilotlightError('endpoint_disabled')
    if (action !== 'suspend') {
      assertWithinQuotas(await this.#projects.get(projectId), this.#parts.clock.now())
    }
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

  /** Throws project_not_found, invalid_request, setting_forbidden. */
  async #check(projectId: string, { settings }: EndpointOptions): Promise<void> {
    const { build } = await this.#projects.get(projectId)
    if (settings) await checkComputeSettings(this.#parts.engine, build, 'endpoint.settings', settings)
  }

  /** What computes of this project can preload. Throws project_not_found. */
  async preloadLibraries(projectId: string): Promise<PreloadLibrary[]> {
    const { build } = await this.#projects.get(projectId)
    return await this.#parts.engine.preloadLibraries(build)
  }

  #isDone(endpoint: endpoints.Endpoint, action: ComputeAction): boolean {
    return (
      (action === 'start' && endpoint.state === 'running') ||
      (action === 'suspend' && endpoint.state === 'suspended')
    )
  }
}

/** Whether a change has to reach the compute. */
function isOfCompute(change: EndpointChange): boolean {
  return (
    change.settings !== undefined ||
    change.autoscaling_limit_min_cu !== undefined ||
    change.autoscaling_limit_max_cu !== undefined
  )
}
