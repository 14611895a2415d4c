// What the monitoring reads, below /api/console. None of it wakes a compute.

import { queryOptions } from '@tanstack/react-query'
import type {
  DatabaseSession,
  DatabasesAnswer,
  EndSession,
  Metrics,
  MetricsHistory,
  SessionEnded,
  SessionQueryAnswer,
  SessionsAnswer,
  StatementsAnswer,
} from '../../../src/contract/console-monitoring.ts'
import type { MonitoringRange } from '../../../src/contract/monitoring-ranges.ts'
import { send } from '../api/call.ts'

export interface MonitoredBranch {
  projectId: string
  branchId: string
}

const read = <Answer>(
  path: string,
  { projectId, branchId }: MonitoredBranch,
  more: Record<string, string>,
  signal: AbortSignal,
) => {
  const query = new URLSearchParams({ project_id: projectId, branch_id: branchId, ...more })
  return send('get', `/api/console/${path}?${query}`, undefined, signal) as Promise<Answer>
}

const keyOf = ({ projectId, branchId }: MonitoredBranch, what: string) =>
  ['project', projectId, 'monitoring', branchId, what] as const

/** While somebody looks. */
export const liveMs = 5_000

export const metricsQuery = (of: MonitoredBranch) =>
  queryOptions({
    queryKey: keyOf(of, 'now'),
    queryFn: ({ signal }) => read<Metrics>('metrics', of, {}, signal),
    refetchInterval: liveMs,
  })

/** Of all ranges. */
export const historyKey = (of: MonitoredBranch) => keyOf(of, 'history')

export const historyQuery = (of: MonitoredBranch, range: MonitoringRange) =>
  queryOptions({
    queryKey: [...historyKey(of), range],
    queryFn: ({ signal }) => read<MetricsHistory>('metrics/history', of, { range }, signal),
    // The server has a new sample as often.
    refetchInterval: 60_000,
  })

export const monitoredDatabasesQuery = (of: MonitoredBranch) =>
  queryOptions({
    queryKey: keyOf(of, 'databases'),
    queryFn: ({ signal }) => read<DatabasesAnswer>('metrics/databases', of, {}, signal),
    refetchInterval: 60_000,
  })

export const statementsQuery = (of: MonitoredBranch) =>
  queryOptions({
    queryKey: keyOf(of, 'statements'),
    queryFn: ({ signal }) => read<StatementsAnswer>('statements', of, {}, signal),
    refetchInterval: 15_000,
  })

export const sessionsQuery = (of: MonitoredBranch) =>
  queryOptions({
    queryKey: keyOf(of, 'sessions'),
    queryFn: ({ signal }) => read<SessionsAnswer>('sessions', of, {}, signal),
    refetchInterval: liveMs,
  })

/** Kept no longer than it is looked at: there may be anything in it. */
export const sessionStatementQuery = (of: MonitoredBranch, { pid, started_at }: DatabaseSession) =>
  queryOptions({
    queryKey: [...keyOf(of, 'statement'), pid, started_at],
    queryFn: ({ signal }) =>
      read<SessionQueryAnswer>('sessions/query', of, { pid: String(pid), started_at }, signal),
    gcTime: 0,
  })

/** Whether it is done by now. Throws ApiError: it may have ended by itself. */
export async function endSession(
  { projectId, branchId }: MonitoredBranch,
  { pid, started_at }: DatabaseSession,
  action: EndSession['action'],
): Promise<boolean> {
  const body: EndSession = { project_id: projectId, branch_id: branchId, pid, started_at, action }
  const { ended } = (await send('post', '/api/console/sessions', body)) as SessionEnded
  return ended
}
