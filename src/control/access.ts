// What proxies ask: may this role log in, and where is its compute.

import * as endpoints from '../catalog/endpoints.ts'
import * as roles from '../catalog/roles.ts'
import type { AccessControl, WakeCompute } from '../contract/control-plane.ts'
import { KeyedLock } from '../lib/keyed-lock.ts'
import type { Computes } from './computes.ts'
import type { Contents } from './contents.ts'
import type { IdleWatch } from './idle.ts'
import type { Parts } from './parts.ts'

/** A running compute is asked about its roles at most this often: strangers guess role names, too. */
const refreshIntervalMs = 1000

/** The last reading of a compute's roles. */
interface Reading {
  /** How many there were, with it. */
  count: number
  at: number
  succeeded: boolean
}

/** The pooled host of an endpoint is the same endpoint. */
export function endpointOfName(endpointish: string): string {
  return endpointish.replace(/-pooler$/, '')
}

export class AccessDesk {
  readonly #parts: Parts
  readonly #computes: Computes
  readonly #contents: Contents
  readonly #idle: IdleWatch
  readonly #refreshLock = new KeyedLock()
  readonly #readings = new Map<string, Reading>()

  constructor(parts: Parts, computes: Computes, contents: Contents, idle: IdleWatch) {
    this.#parts = parts
    this.#computes = computes
    this.#contents = contents
    this.#idle = idle
  }

  /** An unknown endpoint looks like an unknown role: a stranger learns of neither. */
  async accessControl(endpointish: string, role: string): Promise<AccessControl> {
    const endpointId = endpointOfName(endpointish)
    const known = await roles.findSecret(this.#parts.catalog.db, endpointId, role)
    if (known) return { role_secret: known.verifier ?? '', project_id: known.project_id }
    return (await this.#askCompute(endpointId)) ? await this.#secret(endpointId, role) : { role_secret: '' }
  }

  /** A login did not match what we know: perhaps the password was changed in SQL. */
  async refresh(endpointish: string, role: string): Promise<AccessControl> {
    const endpointId = endpointOfName(endpointish)
    await this.#askCompute(endpointId)
    return await this.#secret(endpointId, role)
  }

  async #secret(endpointId: string, role: string): Promise<AccessControl> {
    const known = await roles.findSecret(this.#parts.catalog.db, endpointId, role)
    return known ? { role_secret: known.verifier ?? '', project_id: known.project_id } : { role_secret: '' }
  }

  /**
   * Reads the roles of a running compute; one that sleeps is not woken for it. Whoever asks in the meantime waits for
   * the next reading and shares it: an answer is never older than its question. False: nothing was read.
   */
  async #askCompute(endpointId: string): Promise<boolean> {
    const { clock, catalog, engine, logger } = this.#parts
    const before = this.#readings.get(endpointId)?.count ?? 0
    return await this.#refreshLock.run(endpointId, async () => {
      const last = this.#readings.get(endpointId)
      if (last && last.count > before) return last.succeeded
      // Never longer than the interval: the machine's clock may have been set back.
      if (last) {
        const pauseMs = Math.min(last.at + refreshIntervalMs - clock.now(), refreshIntervalMs)
        if (pauseMs > 0) await clock.sleep(pauseMs)
      }
      const endpoint = await endpoints.findWithBranch(catalog.db, endpointId)
      if (endpoint?.state !== 'running' || endpoint.branch_contents !== 'known') {
        this.#readings.delete(endpointId)
        return false
      }
      const reading = { count: (last?.count ?? 0) + 1, at: clock.now(), succeeded: false }
      this.#readings.set(endpointId, reading)
      try {
        const login = await engine.adminLogin(this.#computes.ref(endpointId))
        await this.#contents.refresh({ endpointId, branchId: endpoint.branch_id }, login)
        reading.succeeded = true
      } catch (error) {
        logger.warn({ endpoint: endpointId, err: error }, 'could not read roles from the compute')
      }
      return reading.succeeded
    })
  }

  /** Errors: endpoint_gone, endpoint_disabled, compute_start_failed, compute_wake_timeout. */
  async wake(endpointish: string): Promise<WakeCompute> {
    const endpointId = endpointOfName(endpointish)
    const { endpoint, address, started } = await this.#computes.start(endpointId, 'record')
    this.#idle.touch(endpointId)
    return {
      address: `${address.host}:${address.port}`,
      aux: {
        endpoint_id: endpointId,
        project_id: endpoint.project_id,
        branch_id: endpoint.branch_id,
        compute_id: endpointId,
        cold_start_info: started ? 'pool_miss' : 'warm',
      },
    }
  }
}
