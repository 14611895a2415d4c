import { ApiError } from '../api/api-error.ts'

/** An error where the thing itself would stand: what happened, and the id to look for in the log. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div role="alert" className="rounded-lg border border-bad bg-raised p-4 text-sm">
      <p className="text-bad">{message}</p>
      {error instanceof ApiError && error.requestId !== undefined && (
        <p className="mt-1 text-ink-soft text-xs">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {retry && (
        <button type="button" onClick={retry} className="mt-2 text-link underline">
          Try again
        </button>
      )}
    </div>
  )
}
