// What proxies ask: may this role log in, and where is its compute.

import * as branches from '../catalog/branches.ts'
import * as endpoints from '../catalog/endpoints.ts'
import * as networkRules from '../catalog/network-rules.ts'
import * as projects from '../catalog/projects.ts'
import * as roles from '../catalog/roles.ts'
import type { AccessControl, WakeCompute } from '../contract/control-plane.ts'
import { PilotlightError } from '../contract/errors.ts'
import type { PastMoment } from '../contract/moment.ts'
import type { ConnectionCause } from '../contract/operation-causes.ts'
import { KeyedLock } from '../lib/keyed-lock.ts'
import type { Recording } from './computes/compute-records.ts'
import type { Computes, RunningCompute } from './computes/computes.ts'
import type { Contents } from './computes/contents.ts'
import type { ContentsHold } from './computes/contents-hold.ts'
import type { IdleWatch } from './computes/idle.ts'
import type { Parts } from './parts.ts'
import type { TimeTravel } from './time-travel/time-travel.ts'

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
  readonly #timeTravel: TimeTravel
  readonly #hold: ContentsHold
  readonly #refreshLock = new KeyedLock()
  readonly #readings = new Map<string, Reading>()

  constructor(
    parts: Parts,
    computes: Computes,
    contents: Contents,
    idle: IdleWatch,
    timeTravel: TimeTravel,
    hold: ContentsHold,
  ) {
    this.#parts = parts
    this.#computes = computes
    this.#contents = contents
    this.#idle = idle
    this.#timeTravel = timeTravel
    this.#hold = hold
  }

  /** An unknown endpoint looks like an unknown role: a stranger learns of neither. */
  async accessControl(endpointish: string, role: string): Promise<AccessControl> {
    const name = endpointOfName(endpointish)
    const known = await this.#findSecret(name, role)
    if (known) return { ...known, ...(await this.#network(name)) }
    const asked = (await this.#askComputeOf(name)) ? await this.#secret(name, role) : unknown
    return { ...asked, ...(await this.#network(name)) }
  }

  /** From where clients may come: it counts before the role does. */
  async #network(name: string): Promise<Pick<AccessControl, 'allowed_ips' | 'block_public_connections'>> {
    const place = namesBranch(name) ? { branchId: name } : { endpointId: name }
    const rules = await networkRules.find(this.#parts.catalog.db, place)
    const { allowed_ips: list, block_public_connections } = rules?.settings ?? {}
    const counts = rules && (rules.protected || list?.protected_branches_only !== true)
    return {
      ...(counts && list?.ips && list.ips.length > 0 && { allowed_ips: list.ips }),
      ...(block_public_connections === true && { block_public_connections }),
    }
  }

  /** A login did not match what we know: perhaps the password was changed in SQL. */
  async refresh(endpointish: string, role: string): Promise<AccessControl> {
    const name = endpointOfName(endpointish)
    await this.#askComputeOf(name)
    return { ...(await this.#secret(name, role)), ...(await this.#network(name)) }
  }

  async #secret(name: string, role: string): Promise<AccessControl> {
    return (await this.#findSecret(name, role)) ?? unknown
  }

  async #findSecret(name: string, role: string): Promise<AccessControl | undefined> {
    const { db } = this.#parts.catalog
    if (!namesBranch(name)) {
      const known = await roles.findSecret(db, name, role)
      return known && { role_secret: known.verifier ?? '', project_id: known.project_id }
    }
    const branch = await this.#findBranch(name)
    const known = branch && (await roles.find(db, branch.id, role))
    return known && { role_secret: known.verifier ?? '', project_id: branch.project_id }
  }

  /** As people see it: of a project that is there, and not deleted itself. */
  async #findBranch(id: string): Promise<branches.Branch | undefined> {
    const { db } = this.#parts.catalog
    const branch = await branches.find(db, id)
    if (branch?.kind !== 'branch' || branch.deleted_at) return undefined
    return (await projects.find(db, branch.project_id)) && branch
  }

  async #askComputeOf(name: string): Promise<boolean> {
    if (!namesBranch(name)) return await this.#askCompute(name)
    const writer = await endpoints.findWriter(this.#parts.catalog.db, name)
    return writer ? await this.#askCompute(writer.id) : false
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

  /**
   * Brings up the compute that an endpoint, or a branch by its read_write endpoint, is served by; with a moment, one that
   * shows the branch as it was then. `client`: for whom, as far as the proxy says; the first who asks is remembered. Throws
   * endpoint_gone, endpoint_disabled, compute_start_failed, compute_wake_timeout, moment_in_future, moment_out_of_window,
   * moments_limit.
   */
  async wake(
    endpointish: string,
    moment: PastMoment | null = null,
    client: ConnectionCause = {},
  ): Promise<WakeCompute> {
    const name = endpointOfName(endpointish)
    const recording: Recording = { by: 'connection', ...client }
    const running = moment
      ? await this.#openPast(name, moment, recording)
      : await this.#startNow(name, recording)
    const { endpoint, address, started } = running
    // Who is held is as good as there.
    this.#idle.touch(endpoint.id)
    if (!moment) await this.#hold.settled(endpoint.branch_id)
    this.#idle.touch(endpoint.id)
    return {
      address: `${address.host}:${address.port}`,
      aux: {
        endpoint_id: endpoint.id,
        project_id: endpoint.project_id,
        branch_id: endpoint.branch_id,
        compute_id: endpoint.id,
        cold_start_info: started ? 'pool_miss' : 'warm',
      },
    }
  }

  async #startNow(name: string, recording: Recording): Promise<RunningCompute> {
    if (!namesBranch(name)) return await this.#computes.start(name, recording)
    const branch = await this.#findBranch(name)
    const writer = branch && (await endpoints.findWriter(this.#parts.catalog.db, branch.id))
    if (!writer) throw new PilotlightError('endpoint_gone')
    return await this.#computes.start(writer.id, recording)
  }

  async #openPast(name: string, moment: PastMoment, recording: Recording): Promise<RunningCompute> {
    const branch = await this.#findBranch(namesBranch(name) ? name : await this.#branchOf(name))
    if (!branch) throw new PilotlightError('endpoint_gone')
    const field = 'lsn' in moment ? 'neon_lsn' : 'neon_timestamp'
    return await this.#timeTravel.open(branch, moment, field, recording)
  }

  async #branchOf(endpointId: string): Promise<string> {
    const endpoint = await endpoints.findWithBranch(this.#parts.catalog.db, endpointId)
    if (!endpoint || endpoint.gone) throw new PilotlightError('endpoint_gone')
    if (endpoint.disabled) throw new PilotlightError('endpoint_disabled')
    return endpoint.branch_id
  }
}

const unknown: AccessControl = { role_secret: '' }

/** A branch's id in the place of an endpoint's. */
const namesBranch = (name: string): boolean => name.startsWith('br-')
