/** How far back charts of the monitoring go, and how much of it is one point. */
export const monitoringRanges = {
  '10m': { ms: 600_000, stepMs: 60_000 },
  '1h': { ms: 3_600_000, stepMs: 60_000 },
  '24h': { ms: 86_400_000, stepMs: 300_000 },
  '7d': { ms: 604_800_000, stepMs: 1_800_000 },
} as const
export type MonitoringRange = keyof typeof monitoringRanges
