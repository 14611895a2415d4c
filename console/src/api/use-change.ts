import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useIsShown } from '../lib/use-is-shown.ts'
import { showToast } from '../ui/toasts.tsx'
import { type Following, followOperations, type Operation } from './follow-operations.ts'
import { tellRefusal } from './tell-refusal.ts'

/**
 * A change of a project: its operations are followed, and what pages show of the project is read anew, now and when they
 * have ended. `texts` is what the toast says; `done` runs once the API has said yes, unless somebody has gone elsewhere
 * meanwhile: it must not take them back. What the API answered is not kept: there may be a password in it. A refusal is the
 * mutation's error, for the form to show; once the form is gone, or where none would, a toast tells it.
 */
export function useChange<Value, Result>(
  projectId: string,
  change: (value: Value) => Promise<Result>,
  texts: (value: Value) => Following,
  done?: (result: Result, value: Value) => unknown,
  refusal: 'in the form' | 'in a toast' = 'in the form',
): UseMutationResult<void, Error, Value> {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['project', projectId] })
  const isShown = useIsShown()
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
    onError: (error, value) => {
      if (refusal === 'in the form' && isShown.current) return
      tellRefusal(texts(value).working, error)
    },
  })
}

/** Nothing comes back where what a change was about is gone already. */
function operationsOf(result: unknown): Operation[] {
  return (result as { operations?: Operation[] } | undefined)?.operations ?? []
}
