import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { showToast } from '../ui/toasts.tsx'
import { type Following, followOperations, type Operation } from './follow-operations.ts'

/**
 * A change of a project: its operations are followed, and what pages show of the project is read anew, now and when they
 * have ended. `texts` is what the toast says; `done` runs once the API has said yes, unless somebody has gone elsewhere
 * meanwhile: it must not take them back. What the API answered is not kept: there may be a password in it.
 */
export function useChange<Value, Result>(
  projectId: string,
  change: (value: Value) => Promise<Result>,
  texts: (value: Value) => Following,
  done?: (result: Result, value: Value) => unknown,
): UseMutationResult<void, Error, Value> {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['project', projectId] })
  const isShown = useRef(false)
  useEffect(() => {
    isShown.current = true
    return () => {
      isShown.current = false
    }
  }, [])
  return useMutation({
    mutationFn: async (value: Value) => {
      const result = await change(value)
      const operations = operationsOf(result)
      const { done: text, undo, ...rest } = texts(value)
      if (operations.length === 0) showToast({ kind: 'good', text, undo })
      else void followOperations(operations, { ...rest, done: text, undo }).then(refresh)
      // Before the page knows that what a dialog was about is gone, and takes the dialog away with it.
      if (isShown.current) await done?.(result, value)
      void refresh()
    },
  })
}

/** Nothing comes back where what a change was about is gone already. */
function operationsOf(result: unknown): Operation[] {
  return (result as { operations?: Operation[] } | undefined)?.operations ?? []
}
