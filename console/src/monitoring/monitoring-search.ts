// What the address of the monitoring page keeps: whose figures, and how far back.

import { type MonitoringRange, monitoringRanges } from '../../../src/contract/monitoring-ranges.ts'

export const rangeNames: readonly (readonly [MonitoringRange, string])[] = [
  ['10m', '10 minutes'],
  ['1h', '1 hour'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
]

export interface MonitoringSearch {
  /** Left out: the default branch. */
  branch?: string
  /** Left out: the last hour. */
  range?: MonitoringRange
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function monitoringSearch(search: Record<string, unknown>): MonitoringSearch {
  const { branch, range } = search
  return {
    ...(typeof branch === 'string' && branch !== '' && { branch }),
    ...(typeof range === 'string' &&
      range !== '1h' &&
      Object.hasOwn(monitoringRanges, range) && { range: range as MonitoringRange }),
  }
}
