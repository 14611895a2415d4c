// What was used, as it goes over the Management API: two generations of the same figures.

import { z } from 'zod'
import { timestamp } from './basics.ts'

export const consumptionGranularity = z.enum(['hourly', 'daily', 'monthly'])

export const consumptionMetrics = [
  'active_time_seconds',
  'compute_time_seconds',
  'written_data_bytes',
  'synthetic_storage_size_bytes',
  'data_storage_bytes_hour',
  'logical_size_bytes',
  'logical_size_bytes_hour',
] as const
export type ConsumptionMetric = (typeof consumptionMetrics)[number]

export const branchConsumptionMetricsV2 = [
  'compute_unit_seconds',
  'root_branch_bytes_month',
  'child_branch_bytes_month',
  'instant_restore_bytes_month',
  'public_network_transfer_bytes',
  'private_network_transfer_bytes',
] as const

export const consumptionMetricsV2 = [
  ...branchConsumptionMetricsV2,
  'extra_branches_month',
  'snapshot_storage_bytes_month',
] as const
export type ConsumptionMetricV2 = (typeof consumptionMetricsV2)[number]

const frame = { timeframe_start: timestamp, timeframe_end: timestamp }

/** The first four are always there: Neon requires them. */
export const consumptionTimeframe = z.object({
  ...frame,
  active_time_seconds: z.number().int(),
  compute_time_seconds: z.number().int(),
  written_data_bytes: z.number().int(),
  synthetic_storage_size_bytes: z.number().int(),
  data_storage_bytes_hour: z.number().int().optional(),
  logical_size_bytes: z.number().int().optional(),
  logical_size_bytes_hour: z.number().int().optional(),
})

export const consumptionTimeframeV2 = z.object({
  ...frame,
  metrics: z.array(z.object({ metric_name: z.enum(consumptionMetricsV2), value: z.number().int() })),
})

function period<Timeframe extends z.ZodType>(timeframe: Timeframe) {
  return z.object({
    period_id: z.uuid(),
    period_plan: z.string(),
    period_start: timestamp,
    /** Of a month that is over. */
    period_end: timestamp.optional(),
    consumption: z.array(timeframe),
  })
}

export const consumptionPeriod = period(consumptionTimeframe)
export const consumptionPeriodV2 = period(consumptionTimeframeV2)

export type ConsumptionTimeframeShape = z.infer<typeof consumptionTimeframe>
export type ConsumptionTimeframeV2Shape = z.infer<typeof consumptionTimeframeV2>
