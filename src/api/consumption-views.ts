// What was used, as Neon's shapes.

import type {
  BranchShape,
  ConsumptionMetric,
  ConsumptionMetricV2,
  ConsumptionTimeframeShape,
  ConsumptionTimeframeV2Shape,
} from '../contract/shapes.ts'
import type { BranchUsed, Frame, Period, ProjectUsed } from '../control/index.ts'
import { hourMs } from '../lib/time-frames.ts'
import { timestamp } from './timestamp.ts'

/** There are no plans; Neon's clients print the word. */
const plan = 'self-hosted'

const secondMs = 1_000
/** Of a month's bytes, as Neon's bills take it: whatever the month, 744 hours. */
const monthMs = 744 * hourMs

export function period<Timeframe>(each: Period, frameOf: (frame: Frame) => Timeframe) {
  return {
    period_id: each.id,
    period_plan: plan,
    period_start: timestamp(each.start),
    ...(each.end && { period_end: timestamp(each.end) }),
    consumption: each.frames.map(frameOf),
  }
}

const storageByteMs = ({ root_byte_ms, child_byte_ms, history_byte_ms }: Frame['amounts']): number =>
  root_byte_ms + child_byte_ms + history_byte_ms

export function timeframe(
  { start, end, amounts }: Frame,
  wanted: ReadonlySet<ConsumptionMetric>,
): ConsumptionTimeframeShape {
  return {
    timeframe_start: timestamp(start),
    timeframe_end: timestamp(end),
    active_time_seconds: Math.floor(amounts.active_ms / secondMs),
    compute_time_seconds: Math.floor(amounts.compute_ms / secondMs),
    written_data_bytes: amounts.written_bytes,
    synthetic_storage_size_bytes: amounts.storage_bytes_max,
    ...(wanted.has('data_storage_bytes_hour') && {
      data_storage_bytes_hour: Math.round(storageByteMs(amounts) / hourMs),
    }),
    ...(wanted.has('logical_size_bytes') && { logical_size_bytes: amounts.logical_bytes_max }),
    ...(wanted.has('logical_size_bytes_hour') && {
      logical_size_bytes_hour: Math.round(amounts.logical_byte_ms / hourMs),
    }),
  }
}

/** There is neither a private network nor a plan that branches could exceed. */
const valuesV2: Record<ConsumptionMetricV2, (amounts: Frame['amounts']) => number> = {
  compute_unit_seconds: amounts => Math.floor(amounts.compute_ms / secondMs),
  root_branch_bytes_month: amounts => Math.round(amounts.root_byte_ms / monthMs),
  child_branch_bytes_month: amounts => Math.round(amounts.child_byte_ms / monthMs),
  instant_restore_bytes_month: amounts => Math.round(amounts.history_byte_ms / monthMs),
  public_network_transfer_bytes: amounts => amounts.transfer_bytes,
  private_network_transfer_bytes: () => 0,
  extra_branches_month: () => 0,
  snapshot_storage_bytes_month: amounts => Math.round(amounts.snapshot_byte_ms / monthMs),
}

export function timeframeV2(
  { start, end, amounts }: Frame,
  metrics: ConsumptionMetricV2[],
): ConsumptionTimeframeV2Shape {
  return {
    timeframe_start: timestamp(start),
    timeframe_end: timestamp(end),
    metrics: metrics.map(name => ({ metric_name: name, value: valuesV2[name](amounts) })),
  }
}

/** The fields of a project that tell what it has used this month. */
export function projectUse(used: ProjectUsed) {
  return {
    active_time_seconds: used.activeSeconds,
    compute_time_seconds: used.computeSeconds,
    cpu_used_sec: used.computeSeconds,
    written_data_bytes: used.writtenBytes,
    data_transfer_bytes: used.transferBytes,
    data_storage_bytes_hour: used.storageByteHours,
    synthetic_storage_size: used.storageBytes,
    consumption_period_start: timestamp(used.periodStart),
    consumption_period_end: timestamp(used.periodEnd),
  }
}

export function withBranchUse(shown: BranchShape, used: BranchUsed | undefined): BranchShape {
  if (!used) return shown
  return {
    ...shown,
    ...(used.logicalBytes !== undefined && { logical_size: used.logicalBytes }),
    active_time_seconds: used.activeSeconds,
    compute_time_seconds: used.computeSeconds,
    cpu_used_sec: used.computeSeconds,
    written_data_bytes: used.writtenBytes,
    data_transfer_bytes: used.transferBytes,
  }
}
