import { type UseMutationResult, useQueryClient } from '@tanstack/react-query'
import { type Early, withEarly } from './early.ts'
import type { Following } from './follow-operations.ts'
import { useChange } from './use-change.ts'

/**
 * As `useChange`, for what can hardly fail and is easily put right: it is seen at once, `done` (the form goes) does not wait
 * for the answer, and a refusal takes it back and stands in a toast.
 */
export function useEarlyChange<Value>(
  projectId: string,
  change: (value: Value) => Promise<unknown>,
  texts: (value: Value) => Following,
  earlies: (value: Value) => Early[],
  done?: (value: Value) => unknown,
): UseMutationResult<void, Error, Value> {
  const queries = useQueryClient()
  return useChange(
    projectId,
    async (value: Value) => {
      try {
        return await withEarly(queries, earlies(value), () => {
          done?.(value)
          return change(value)
        })
      } catch (error) {
        void queries.invalidateQueries({ queryKey: ['project', projectId] })
        throw error
      }
    },
    texts,
    undefined,
    'in a toast',
  )
}
