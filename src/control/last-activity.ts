// When computes last did something. Of those that run only the idle clock knows; once they sleep, the catalog does.

import * as endpoints from '../catalog/endpoints.ts'
import type { IdleWatch } from './computes/idle.ts'
import type { Parts } from './parts.ts'

export class LastActivity {
  readonly #parts: Parts
  readonly #idle: IdleWatch

  constructor(parts: Parts, idle: IdleWatch) {
    this.#parts = parts
    this.#idle = idle
  }

  /** Of an endpoint; null where it never did anything. What is written in a running one's row is older. */
  of(endpoint: endpoints.Endpoint): Date | null {
    return this.#idle.lastActiveAt(endpoint.id) ?? endpoint.last_active_at
  }

  /** Of these projects, over all their computes; those in which nothing ever happened are left out. */
  async ofProjects(projectIds: string[]): Promise<Map<string, Date>> {
    const latest = new Map<string, Date>()
    for (const row of await endpoints.listActivity(this.#parts.catalog.db, projectIds)) {
      const known = row.running.map(id => this.#idle.lastActiveAt(id)?.getTime() ?? 0)
      latest.set(row.project_id, new Date(Math.max(row.last_active_at.getTime(), ...known)))
    }
    return latest
  }

  /** Its compute has ended: the idle clock forgets it, and from here on only the catalog knows when it was last used. */
  stopped(endpointId: string): void {
    const lastActiveAt = this.#idle.lastActiveAt(endpointId)
    this.#idle.forget(endpointId)
    if (!lastActiveAt) return
    const { catalog, logger } = this.#parts
    endpoints
      .markActive(catalog.unsynced, endpointId, lastActiveAt)
      .catch(error => logger.warn({ endpoint: endpointId, err: error }, 'last activity not noted'))
  }
}
