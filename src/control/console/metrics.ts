// What a branch's compute does, and did: for people to look at. It neither wakes it nor keeps it awake.

import type { Endpoint } from '../../catalog/endpoints.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as samples from '../../catalog/samples.ts'
import * as wakes from '../../catalog/wakes.ts'
import type {
  DatabaseFigures,
  DatabasesAnswer,
  Figures,
  MetricPoint,
  Metrics as MetricsAnswer,
  MetricsHistory,
  MonitoredState,
} from '../../contract/console-monitoring.ts'
import { limits } from '../../contract/limits.ts'
import { type MonitoringRange, monitoringRanges } from '../../contract/monitoring-ranges.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { Branches } from '../branches/branches.ts'
import { refOf } from '../computes/compute-spec.ts'
import type { Parts } from '../parts.ts'
import { askAwake } from './awake-compute.ts'
import { readFigures } from './figures.ts'
import { readTurns } from './turns.ts'

const states: Record<Endpoint['state'], MonitoredState> = {
  suspended: 'asleep',
  failed: 'asleep',
  starting: 'waking',
  running: 'awake',
  stopping: 'going_to_sleep',
}

export class Metrics {
  readonly #parts: Parts
  readonly #branches: Branches
  /** However many pages are open: one question at a time. */
  readonly #asked = new SingleFlight<Figures | null>()

  constructor(parts: Parts, branches: Branches) {
    this.#parts = parts
    this.#branches = branches
  }

  /** Throws project_not_found, branch_not_found. */
  async now(projectId: string, branchId: string): Promise<MetricsAnswer> {
    const { clock, engine } = this.#parts
    const endpoint = await this.#endpointOf(projectId, branchId)
    const state = endpoint ? states[endpoint.state] : 'none'
    const isAwake = endpoint !== undefined && state === 'awake'
    const figures = isAwake
      ? await this.#asked.run(endpoint.id, () => askAwake(this.#parts, endpoint.id, readFigures))
      : null
    const use = isAwake ? await engine.computeUse(refOf(this.#parts, endpoint.id)) : null
    return {
      ...{ at: new Date(clock.now()).toISOString(), state, endpoint_id: endpoint?.id ?? null, figures },
      use: use && {
        ...{ cpu_ms: use.cpuMs, cpus: use.cpus },
        ...{ memory_bytes: use.memoryBytes, memory_max_bytes: use.memoryMaxBytes },
      },
    }
  }

  /** The largest first. Throws as `now`. */
  async databases(projectId: string, branchId: string): Promise<DatabasesAnswer> {
    const endpoint = await this.#endpointOf(projectId, branchId)
    if (endpoint?.state !== 'running') return { databases: null }
    const databases = await askAwake(this.#parts, endpoint.id, async client => {
      const { rows } = await client.query<DatabaseFigures>(
        `select base.datname as name, pg_catalog.pg_database_size(base.oid)::float8 as bytes,
                (select count(*)::integer from pg_catalog.pg_stat_activity
                  where datid = base.oid and backend_type = 'client backend'
                    and usename is distinct from 'cloud_admin') as sessions,
                stat.blks_hit / nullif(stat.blks_hit + stat.blks_read, 0)::float8 as hit_rate
           from pg_catalog.pg_database base left join pg_catalog.pg_stat_database stat on stat.datid = base.oid
          where not base.datistemplate and base.datallowconn and base.datname <> 'postgres'
          order by bytes desc, name limit ${limits.databasesPerBranch}`,
      )
      return rows
    })
    return { databases }
  }

  /** Throws as `now`. */
  async history(projectId: string, branchId: string, range: MonitoringRange): Promise<MetricsHistory> {
    const { catalog, clock } = this.#parts
    const endpoint = await this.#endpointOf(projectId, branchId)
    const { ms, stepMs } = monitoringRanges[range]
    const toMs = clock.now()
    const [from, to] = [new Date(toMs - ms), new Date(toMs)]
    const shown = { from: from.toISOString(), to: to.toISOString(), step_ms: stepMs }
    if (!endpoint) return { ...shown, points: [], asleep: [], wake_ups: [], complete: true }
    const [points, turns] = await Promise.all([
      samples.history(catalog.db, endpoint.id, { from, to, stepMs }),
      wakes.listTurns(catalog.db, endpoint.id, { since: from, limit: limits.monitoredTurns }),
    ])
    const complete = turns.length < limits.monitoredTurns
    // Of what was before the oldest that was read nothing can be told.
    const oldest = complete ? undefined : turns.at(-1)?.created_at.getTime()
    const read = readTurns(turns, {
      // What is not there yet does not sleep.
      fromMs: Math.max(oldest ?? from.getTime(), endpoint.created_at.getTime()),
      ...{ toMs, isAwake: states[endpoint.state] === 'awake' || endpoint.state === 'stopping' },
    })
    return {
      ...shown,
      points: points.map(pointOf),
      asleep: read.asleep.map(span => ({
        from: new Date(span.fromMs).toISOString(),
        to: new Date(span.toMs).toISOString(),
      })),
      wake_ups: read.wakes.map(({ operationId, atMs, tookMs, error, cause }) => ({
        ...{ operation_id: operationId, at: new Date(atMs).toISOString(), took_ms: tookMs, cause },
        ...(error !== null && { error }),
      })),
      complete,
    }
  }

  async #endpointOf(projectId: string, branchId: string): Promise<Endpoint | undefined> {
    await this.#branches.get(projectId, branchId)
    return await endpoints.findWriter(this.#parts.catalog.db, branchId)
  }
}

function pointOf({ endpoint_id: _, at, pages_hit, pages_read, ...sample }: samples.Sample): MetricPoint {
  const pages = (pages_hit ?? 0) + (pages_read ?? 0)
  return {
    ...sample,
    at: at.toISOString(),
    hit_rate: pages_hit === null || pages === 0 ? null : pages_hit / pages,
  }
}
