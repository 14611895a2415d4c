import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { addLine, emptyAnswer } from '../sql-client/query-results.ts'
import { runQuery } from '../sql-client/run-query.ts'
import type { Asked, Run } from './run.ts'

/** How often the page is drawn anew while rows come in. */
const redrawMs = 100

let lastId = 0

/** Runs SQL, one run at a time. `onEnd` hears how it went, also where it was cancelled. Leaving the page cancels. */
export function useRun(onEnd: (run: Run) => void) {
  const [run, setRun] = useState<Run>()
  /** Set: something runs. */
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])

  // A mutation, for a session that has ended then leads to the way in.
  const { mutate } = useMutation({
    mutationFn: async ({ asked, signal }: { asked: Asked; signal: AbortSignal }) => {
      const startedAtMs = Date.now()
      const answer = emptyAnswer()
      lastId += 1
      const base = { id: lastId, asked, startedAtMs, answer, problem: undefined }
      const show = (rest: Pick<Run, 'state'> & Partial<Run>): Run => {
        const shown = { ...base, elapsedMs: Date.now() - startedAtMs, ...rest }
        setRun(shown)
        return shown
      }
      show({ state: 'running' })
      const redraw = setInterval(() => show({ state: 'running' }), redrawMs)
      try {
        await runQuery(asked.query, line => addLine(answer, line), signal)
        clearInterval(redraw)
        const isBad = answer.error !== undefined || answer.results.some(({ error }) => error !== undefined)
        onEnd(show({ state: isBad ? 'failed' : 'done' }))
      } catch (problem) {
        clearInterval(redraw)
        if (signal.aborted) {
          onEnd(show({ state: 'cancelled' }))
          return
        }
        onEnd(show({ state: 'failed', problem }))
        throw problem
      } finally {
        abort.current = undefined
      }
    },
  })
  return {
    run,
    isRunning: run?.state === 'running',
    /** Nothing where something runs: a second click may come before the page has drawn that. */
    start: (asked: Asked) => {
      if (abort.current) return
      abort.current = new AbortController()
      mutate({ asked, signal: abort.current.signal })
    },
    cancel: () => abort.current?.abort(),
  }
}
