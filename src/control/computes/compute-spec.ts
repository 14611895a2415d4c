// What a compute is asked to be, and where it then is.

import type { EndpointWithProject } from '../../catalog/endpoints.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { type ComputeSpec, EngineError, type Ref, type Status } from '../../engine/engine.ts'
import type { Parts } from '../parts.ts'

/** What the engine knows an endpoint's compute by. */
export function refOf({ settings }: Parts, endpointId: string): Ref {
  return { cell: settings.cell, id: endpointId }
}

/** 1 CU is about 4 GB of memory, as at Neon. */
const memoryMbPerCu = 4096

/** What Postgres itself can do about a branch that holds more than it may: a session can still ask to write, and delete. */
const overSizeSettings = { default_transaction_read_only: 'on' }

export function specOf(cell: string, endpoint: EndpointWithProject): ComputeSpec {
  const { settings, project_settings, over_size } = endpoint
  const preload = settings.preload_libraries ?? project_settings.preload_libraries
  return {
    data: { cell, id: endpoint.branch_id },
    mode: endpoint.type === 'read_only' ? 'ro' : 'rw',
    vcpu: endpoint.max_cu,
    memoryMb: Math.round(endpoint.min_cu * memoryMbPerCu),
    memoryMaxMb: Math.round(endpoint.max_cu * memoryMbPerCu),
    settings: { ...settings.pg_settings, ...(over_size && overSizeSettings) },
    ...(preload && {
      preload: { defaults: preload.use_defaults ?? true, also: preload.enabled_libraries ?? [] },
    }),
    logicalReplication: project_settings.enable_logical_replication === true,
  }
}

/** Asks for the compute under the endpoint's current fence. Errors: those of the engine. */
export function ensureRunning(parts: Parts, endpoint: EndpointWithProject): Promise<Status> {
  const spec = specOf(parts.settings.cell, endpoint)
  return parts.engine.ensureRunning(refOf(parts, endpoint.id), endpoint.gen, spec)
}

/** How long a compute that is on its way up is waited for, before whoever waits is told to come back. */
const comeUpMs = 60_000
const pollMs = 20

/** `ensureRunning` may answer before the compute is up; then its news are waited for. Errors: those of the engine. */
export async function addressOf(
  parts: Parts,
  endpointId: string,
  first: Status,
): Promise<{ host: string; port: number }> {
  const { engine, clock } = parts
  let status = first
  const deadline = clock.now() + comeUpMs
  while (status.phase !== 'ready' || !status.address) {
    if (status.phase === 'failed' || status.phase === 'gone') {
      throw new EngineError(
        status.error?.code ?? 'internal',
        status.error?.message ?? 'the compute did not come up',
      )
    }
    if (clock.now() > deadline) throw new PilotlightError('compute_wake_timeout')
    await clock.sleep(pollMs)
    status = await engine.observe(refOf(parts, endpointId))
  }
  return status.address
}
