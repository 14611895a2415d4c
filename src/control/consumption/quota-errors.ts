// What somebody is told whose project has used up a quota.

import type { QuotaName } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'

const codes = {
  active_time_seconds: 'active_time_quota_exceeded',
  compute_time_seconds: 'compute_time_quota_exceeded',
  written_data_bytes: 'written_data_quota_exceeded',
  data_transfer_bytes: 'data_transfer_quota_exceeded',
} as const satisfies Record<QuotaName, string>

export const quotaNames = Object.keys(codes) as QuotaName[]

/** Throws where a quota of this project is used up. */
export function assertWithinQuotas(
  { over_quota, over_quota_until }: { over_quota: QuotaName | null; over_quota_until: Date | null },
  now: number,
): void {
  if (over_quota && over_quota_until && over_quota_until.getTime() > now) throw quotaError(over_quota)
}

export function isQuotaError(error: unknown): boolean {
  return error instanceof PilotlightError && Object.values<string>(codes).includes(error.code)
}

export function quotaError(quota: QuotaName): PilotlightError {
  return new PilotlightError(codes[quota])
}
