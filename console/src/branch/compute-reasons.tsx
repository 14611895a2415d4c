import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFallbackInterval } from '../api/live.ts'
import { computesQuery, type Endpoint } from '../api/queries.ts'
import { useNow } from '../lib/use-now.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { sessionsSentence, sleepSentence, sleptSentence, wokenSentence } from './compute-why.ts'

/** Who woke it, what keeps it awake and when it will sleep; or why it sleeps. */
export function ComputeReasons({ endpoint }: { endpoint: Endpoint }) {
  const { project_id: projectId, branch_id: branchId } = endpoint
  const refetchInterval = useFallbackInterval(2000)
  const reply = useQuery({ ...computesQuery(projectId, branchId), refetchInterval })
  const compute = reply.data?.computes.find(({ id }) => id === endpoint.id)
  const isAwake = compute?.awake != null
  const nowMs = useNow(isAwake ? 1000 : 15_000) + useSkew(reply.data?.now, reply.dataUpdatedAt)
  if (reply.isPending) return <Skeleton lines={1} />
  if (reply.isError) return <p className="text-ink-soft">Who woke it is not known: {reply.error.message}</p>
  if (!compute) return null
  const { awake } = compute
  const sentences = Object.entries({
    woken: wokenSentence(compute, nowMs),
    slept: sleptSentence(compute, nowMs),
    sleep: awake ? sleepSentence(awake, nowMs) : undefined,
    sessions: awake ? sessionsSentence(awake) : undefined,
  }).filter(([, sentence]) => sentence !== undefined)
  if (sentences.length === 0) {
    return <p className="text-ink-soft">It has not been started yet: the first connection wakes it.</p>
  }
  return (
    <ul className="space-y-0.5">
      {sentences.map(([about, sentence]) => (
        <li key={about} className="break-words">
          {sentence}
        </li>
      ))}
    </ul>
  )
}

/** By how much the server's clock is ahead of this browser's, as of the first answer. */
function useSkew(serverNow: string | undefined, receivedMs: number): number {
  const [skewMs, setSkewMs] = useState<number>()
  if (skewMs === undefined && serverNow !== undefined) setSkewMs(Date.parse(serverNow) - receivedMs)
  return skewMs ?? 0
}
