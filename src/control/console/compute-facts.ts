// Why computes are awake or asleep, for people: who woke them, who uses them, what goes on inside.

import * as endpoints from '../../catalog/endpoints.ts'
import type { Operation } from '../../catalog/operations.ts'
import * as wakes from '../../catalog/wakes.ts'
import type { AwakeCompute, ComputeTurn, ConsoleCompute } from '../../contract/console-computes.ts'
import { refOf } from '../computes/compute-spec.ts'
import { withCompute } from '../computes/compute-sql.ts'
import type { IdleWatch } from '../computes/idle.ts'
import type { Parts } from '../parts.ts'
import { readInside } from './compute-inside.ts'

/** Nobody who looks at a page waits longer for a compute that is short of everything. */
const insideTimeoutMs = 2000

export interface ComputeFactsWanted {
  projectId: string
  branchId?: string | undefined
  /** Whether those that run are asked what goes on in them. */
  inside: boolean
}

export class ComputeFacts {
  readonly #parts: Parts
  readonly #idle: IdleWatch

  constructor(parts: Parts, idle: IdleWatch) {
    this.#parts = parts
    this.#idle = idle
  }

  /** Of a project that is not there there are none. */
  async list({ projectId, branchId, inside }: ComputeFactsWanted): Promise<ConsoleCompute[]> {
    const { db } = this.#parts.catalog
    const all = await endpoints.listShown(db, projectId)
    const wanted = all.filter(({ branch_id }) => branchId === undefined || branch_id === branchId)
    const turns = await wakes.lastTurns(
      db,
      wanted.map(({ id }) => id),
    )
    return await Promise.all(
      wanted.map(async endpoint => {
        const turn = (action: Operation['action']) =>
          shownTurn(turns.find(one => one.endpoint_id === endpoint.id && one.action === action))
        return {
          ...{ id: endpoint.id, project_id: endpoint.project_id, branch_id: endpoint.branch_id },
          ...{ state: endpoint.state, woken: turn('start_compute'), slept: turn('suspend_compute') },
          awake: await this.#awake(endpoint, inside),
        }
      }),
    )
  }

  async #awake(endpoint: endpoints.Endpoint, inside: boolean): Promise<AwakeCompute | null> {
    const quiet = endpoint.state === 'running' ? this.#idle.quiet(endpoint.id) : undefined
    if (!quiet) return null
    return {
      sessions: quiet.sessions,
      last_active_at: quiet.lastActiveAt.toISOString(),
      suspends_at: quiet.suspendsAt?.toISOString() ?? null,
      held: quiet.held,
      inside: inside ? await this.#inside(endpoint.id) : null,
    }
  }

  /** Our own look at it counts as no use of it. */
  async #inside(endpointId: string): Promise<AwakeCompute['inside']> {
    const { engine, logger } = this.#parts
    try {
      const login = await engine.adminLogin(refOf(this.#parts, endpointId))
      return await withCompute(login, readInside, { statementTimeoutMs: insideTimeoutMs })
    } catch (error) {
      logger.debug({ endpoint: endpointId, err: error }, 'compute not looked into')
      return null
    }
  }
}

function shownTurn(operation: Operation | undefined): ComputeTurn | null {
  if (!operation) return null
  const { id, cause, error } = operation
  const at = operation.finished_at ?? operation.started_at ?? operation.created_at
  return { at: at.toISOString(), operation_id: id, cause, error }
}
