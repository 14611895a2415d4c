import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { ConsumptionMetric, ConsumptionMetricV2 } from '../contract/shapes.ts'
import type { Control } from '../control/index.ts'
import { period, timeframe, timeframeV2 } from './consumption-views.ts'
import { type Api, serve } from './serve.ts'

const defaultMetrics: ConsumptionMetric[] = [
  'active_time_seconds',
  'compute_time_seconds',
  'written_data_bytes',
  'synthetic_storage_size_bytes',
]

const grains = { hourly: 'hour', daily: 'day', monthly: 'month' } as const

export function serveConsumption(api: Api, control: Control): void {
  const { history } = control.consumption
  const rangeOf = (query: { granularity: keyof typeof grains; from: string; to: string }) => ({
    grain: grains[query.granularity],
    from: new Date(query.from),
    to: new Date(query.to),
  })
  const pageOf = (query: { limit?: number | undefined; cursor?: string | undefined }, usual: number) => ({
    limit: query.limit ?? usual,
    cursor: query.cursor,
  })
  const more = (cursor: string | undefined) => cursor !== undefined && { pagination: { cursor } }

  serve(api, routes.getConsumptionOfProjects, async ({ query }) => {
    control.organizations.get(query.org_id)
    const metrics =
      query.metrics ??
      (query.include_v1_metrics ? [...defaultMetrics, 'data_storage_bytes_hour' as const] : defaultMetrics)
    const page = await history.ofProjects(rangeOf(query), {
      ...pageOf(query, limits.consumptionProjects),
      projectIds: query.project_ids,
    })
    return {
      projects: page.of.map(({ projectId, periods }) => ({
        project_id: projectId,
        periods: periods.map(each => period(each, frame => timeframe(frame, new Set(metrics)))),
      })),
      ...more(page.cursor),
    }
  })

  const inV2 = (metrics: ConsumptionMetricV2[]) => (each: Parameters<typeof period>[0]) =>
    period(each, frame => timeframeV2(frame, metrics))

  serve(api, routes.getConsumptionOfProjectsV2, async ({ query }) => {
    control.organizations.get(query.org_id)
    const page = await history.ofProjects(rangeOf(query), {
      ...pageOf(query, limits.consumptionProjects),
      projectIds: query.project_ids,
    })
    return {
      projects: page.of.map(({ projectId, periods }) => ({
        project_id: projectId,
        periods: periods.map(inV2(query.metrics)),
      })),
      ...more(page.cursor),
    }
  })

  serve(api, routes.getConsumptionOfBranchesV2, async ({ query }) => {
    control.organizations.get(query.org_id)
    const page = await history.ofBranches(rangeOf(query), {
      ...pageOf(query, limits.consumptionBranches),
      ...{ projectIds: query.project_ids, branchIds: query.branch_ids },
    })
    return {
      branches: page.of.map(({ projectId, branchId = '', periods }) => ({
        ...{ project_id: projectId, branch_id: branchId },
        periods: periods.map(inV2(query.metrics)),
      })),
      ...more(page.cursor),
    }
  })
}
