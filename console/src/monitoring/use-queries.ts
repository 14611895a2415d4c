// What a project has used, as the Management API counts it.

import { queryOptions } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'

export type UseSpan = 'day' | 'week' | 'month'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** `stepMs`: what one bar stands for. */
export const useSpans = {
  day: { ms: dayMs, stepMs: hourMs, granularity: 'hourly', text: 'by hour, the last 24 hours' },
  week: { ms: 7 * dayMs, stepMs: dayMs, granularity: 'daily', text: 'by day of UTC, the last 7 days' },
  month: { ms: 30 * dayMs, stepMs: dayMs, granularity: 'daily', text: 'by day of UTC, the last 30 days' },
} as const

export interface UseFrame {
  atMs: number
  computeSeconds: number
  writtenBytes: number
  sentBytes: number
  storageBytes: number
}

export const useQueryOf = (projectId: string, organizationId: string, span: UseSpan) =>
  queryOptions({
    queryKey: ['project', projectId, 'use', span],
    queryFn: async ({ signal }): Promise<UseFrame[]> => {
      const { ms, granularity } = useSpans[span]
      const now = Date.now()
      const range = { from: new Date(now - ms).toISOString(), to: new Date(now).toISOString(), granularity }
      const [used, sent] = await Promise.all([
        call<typeof routes.getConsumptionOfProjects>(
          'get',
          '/consumption_history/projects',
          { query: { ...range, project_ids: projectId } },
          signal,
        ),
        call<typeof routes.getConsumptionOfProjectsV2>(
          'get',
          '/consumption_history/v2/projects',
          {
            query: {
              ...{ ...range, project_ids: projectId, org_id: organizationId },
              metrics: 'public_network_transfer_bytes',
            },
          },
          signal,
        ),
      ])
      const sentAt = new Map(
        framesOf(sent.projects).map(frame => [frame.timeframe_start, frame.metrics[0]?.value ?? 0]),
      )
      return framesOf(used.projects).map(frame => ({
        atMs: Date.parse(frame.timeframe_start),
        computeSeconds: frame.compute_time_seconds,
        writtenBytes: frame.written_data_bytes,
        sentBytes: sentAt.get(frame.timeframe_start) ?? 0,
        storageBytes: frame.synthetic_storage_size_bytes,
      }))
    },
    // It is counted once a minute.
    refetchInterval: 60_000,
  })

function framesOf<Frame>(projects: { periods: { consumption: Frame[] }[] }[]): Frame[] {
  return projects.flatMap(({ periods }) => periods.flatMap(({ consumption }) => consumption))
}
