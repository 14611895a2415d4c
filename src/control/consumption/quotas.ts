// Quotas of a project, per month of UTC. A project that has used one up gets its computes suspended, and the catalog
// refuses their starts until the month ends or the quota is raised. What a branch may hold is another matter: its computes
// run, and new sessions begin read-only (docs/usage.md).

import * as branches from '../../catalog/branches.ts'
import * as consumption from '../../catalog/consumption.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as levels from '../../catalog/levels.ts'
import * as projects from '../../catalog/projects.ts'
import type { ProjectQuota, QuotaName } from '../../catalog/schema.ts'
import { frameEnd, frameStart } from '../../lib/time-frames.ts'
import type { Computes } from '../computes/computes.ts'
import type { Parts } from '../parts.ts'
import { quotaNames } from './quota-errors.ts'

export interface QuotaNeeds {
  parts: Parts
  computes: Pick<Computes, 'suspend'>
  /** A running compute is to take up that its branch may be written to, or not. */
  sizeChanged(endpointId: string): Promise<void>
}

export class Quotas {
  readonly #needs: QuotaNeeds

  constructor(needs: QuotaNeeds) {
    this.#needs = needs
  }

  /**
   * What the project has used is held against its quotas, as they now are: after a measurement, and after a change of
   * them. Safe to repeat, and it has to be: whoever is killed half-way is followed by the next measurement.
   */
  async check(projectId: string): Promise<void> {
    const { catalog, clock, logger } = this.#needs.parts
    const project = await projects.find(catalog.db, projectId)
    if (!project) return
    const now = clock.now()
    const month = new Date(frameStart('month', now))
    const [used = consumption.noAmounts] = await consumption.ofProjects(catalog.db, [projectId], month)
    const exceeded = firstExceeded(project.settings.quota ?? {}, used)
    const until = exceeded ? new Date(frameEnd('month', now)) : null
    if (exceeded !== project.over_quota || until?.getTime() !== project.over_quota_until?.getTime()) {
      await projects.setOverQuota(catalog.db, projectId, exceeded, until)
      if (exceeded) logger.warn({ project: projectId, quota: exceeded, until }, 'quota used up')
      else logger.info({ project: projectId }, 'within its quotas again')
    }
    if (exceeded) await this.#suspendAll(projectId, exceeded)
  }

  async #suspendAll(projectId: string, quota: QuotaName): Promise<void> {
    const { catalog, logger } = this.#needs.parts
    for (const endpoint of await endpoints.listOfProject(catalog.db, projectId)) {
      if (endpoint.state !== 'running' && endpoint.state !== 'starting') continue
      try {
        await this.#needs.computes.suspend(endpoint.id, { by: 'quota', quota })
      } catch (error) {
        logger.error({ endpoint: endpoint.id, err: error }, 'compute over its quota not suspended')
      }
    }
  }

  /** After a change of the quota: each branch against the size that was measured last. */
  async checkSizes(projectId: string): Promise<void> {
    const { db } = this.#needs.parts.catalog
    const project = await projects.find(db, projectId)
    for (const { data_id, kind, logical_bytes } of await levels.ofProjects(db, [projectId])) {
      if (kind === 'snapshot' || logical_bytes === null) continue
      await this.sized(data_id, logical_bytes, project?.settings.quota?.logical_size_bytes ?? 0)
    }
  }

  /** A branch was found to hold so much. `limit`: 0 for none. */
  async sized(branchId: string, bytes: number, limit: number): Promise<void> {
    const { catalog, logger } = this.#needs.parts
    const isOver = limit > 0 && bytes > limit
    if (!(await branches.setOverSize(catalog.db, branchId, isOver))) return
    logger.warn(
      { branch: branchId, bytes, limit },
      isOver ? 'branch is read-only: over its size' : 'branch is writable again',
    )
    for (const endpoint of await endpoints.listOfBranch(catalog.db, branchId)) {
      if (endpoint.state === 'running') await this.#needs.sizeChanged(endpoint.id)
    }
  }

  /** Those that were over, in case control was killed between a change and its check. */
  async recheck(): Promise<void> {
    for (const id of await projects.listOverQuota(this.#needs.parts.catalog.db)) await this.check(id)
  }
}

function firstExceeded(quota: ProjectQuota, used: consumption.Amounts): QuotaName | null {
  const amounts: Record<QuotaName, number> = {
    active_time_seconds: used.active_ms / 1000,
    compute_time_seconds: used.compute_ms / 1000,
    written_data_bytes: used.written_bytes,
    data_transfer_bytes: used.transfer_bytes,
  }
  return quotaNames.find(name => (quota[name] ?? 0) > 0 && amounts[name] >= quota[name]!) ?? null
}
