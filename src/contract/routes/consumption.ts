import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

/** Repeated, joined by commas as Neon's client does it, or both. */
function listOf<Item extends z.ZodType<string, string>>(item: Item, what: { most: number; least?: number }) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform(given => [...new Set([given].flat().flatMap(text => text.split(',')))].filter(Boolean))
    .pipe(
      z
        .array(item)
        .min(what.least ?? 0, `at least ${what.least} must be given`)
        .max(what.most, `at most ${what.most} can be given`),
    )
}

const id = z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be an id: a-z, 0-9 and "-", at most 60 of them')
const ids = listOf(id, { most: limits.consumptionIds })

/** RFC 3339. */
const time = z.iso.datetime({
  offset: true,
  error: 'must be an RFC 3339 timestamp, such as 2026-02-26T12:00:00Z',
})

const range = {
  from: time,
  to: time,
  granularity: shapes.consumptionGranularity,
}

const page = (most: number) => ({
  limit: z.coerce.number().int().min(1).max(most).optional(),
  cursor: shapes.pathText.max(300).optional(),
})

export const getConsumptionOfProjects = route({
  operationId: 'getConsumptionHistoryPerProject',
  method: 'get',
  path: '/consumption_history/projects',
  summary: 'What projects have used, by hour, day or month',
  query: z.object({
    ...range,
    ...page(limits.consumptionProjectsMax),
    project_ids: ids.optional(),
    org_id: id.optional(),
    include_v1_metrics: shapes.flag.optional(),
    metrics: listOf(z.enum(shapes.consumptionMetrics), { most: shapes.consumptionMetrics.length }).optional(),
  }),
  reply: z.object({
    projects: z.array(z.object({ project_id: z.string(), periods: z.array(shapes.consumptionPeriod) })),
    pagination: shapes.pagination.optional(),
  }),
  errors: ['organization_not_found', 'consumption_range_invalid'],
})

export const getConsumptionOfProjectsV2 = route({
  operationId: 'getConsumptionHistoryPerProjectV2',
  method: 'get',
  path: '/consumption_history/v2/projects',
  summary: 'What projects have used, in the metrics of Neon’s later plans',
  query: z.object({
    ...range,
    ...page(limits.consumptionProjectsMax),
    project_ids: ids.optional(),
    org_id: id,
    metrics: listOf(z.enum(shapes.consumptionMetricsV2), {
      least: 1,
      most: shapes.consumptionMetricsV2.length,
    }),
  }),
  reply: z.object({
    projects: z.array(z.object({ project_id: z.string(), periods: z.array(shapes.consumptionPeriodV2) })),
    pagination: shapes.pagination.optional(),
  }),
  errors: ['organization_not_found', 'consumption_range_invalid'],
})

export const getConsumptionOfBranchesV2 = route({
  operationId: 'getConsumptionHistoryPerBranchV2',
  method: 'get',
  path: '/consumption_history/v2/branches',
  summary: 'What the branches of projects have used',
  query: z.object({
    ...range,
    ...page(limits.consumptionBranchesMax),
    project_ids: listOf(id, { least: 1, most: limits.consumptionIds }),
    branch_ids: ids.optional(),
    org_id: id,
    metrics: listOf(z.enum(shapes.branchConsumptionMetricsV2), {
      least: 1,
      most: shapes.branchConsumptionMetricsV2.length,
    }),
  }),
  reply: z.object({
    branches: z.array(
      z.object({
        project_id: z.string(),
        branch_id: z.string(),
        periods: z.array(shapes.consumptionPeriodV2),
      }),
    ),
    pagination: shapes.pagination.optional(),
  }),
  errors: ['organization_not_found', 'consumption_range_invalid'],
})
