import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { noPoints, withLook } from './live-points.ts'
import { historyKey, type MonitoredBranch, metricsQuery } from './monitoring-queries.ts'

/** Looks at the compute while the page is in view, and keeps what was seen. */
export function useLiveMetrics(of: MonitoredBranch) {
  const queries = useQueryClient()
  const reply = useQuery(metricsQuery(of))
  const [live, setLive] = useState(noPoints)
  const { data } = reply
  useEffect(() => {
    if (data) setLive(seen => withLook(seen, data))
  }, [data])
  const { projectId, branchId } = of
  const state = data?.state
  const before = useRef(state)
  useEffect(() => {
    // It woke, or went to sleep: that stands in its history by now.
    if (before.current !== undefined && state !== before.current) {
      void queries.invalidateQueries({ queryKey: historyKey({ projectId, branchId }) })
    }
    before.current = state
  }, [state, queries, projectId, branchId])
  return { reply, points: live.points }
}
