import { ApiError } from './api-error.ts'

interface Read {
  data: unknown
  error: Error | null
}

/**
 * The error that a page has to show in place of what it reads. What has been read stays while the server merely does not
 * answer: somebody may be filling in a form in it. What is gone, or nobody's to see any more, does not.
 */
export function readFailure(...reads: readonly Read[]): Error | undefined {
  return reads.find(isLost)?.error ?? undefined
}

function isLost({ data, error }: Read): boolean {
  if (error === null) return false
  return data === undefined || (error instanceof ApiError && [403, 404].includes(error.status))
}
