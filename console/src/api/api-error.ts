/** What the API answered instead, with the id under which the server's log has the rest. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined

  constructor(status: number, code: string, message: string, requestId?: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.requestId = requestId
  }

  static of(status: number, body: unknown): ApiError {
    const { code, message, request_id } = (body ?? {}) as Record<string, unknown>
    return new ApiError(
      status,
      typeof code === 'string' ? code : '',
      typeof message === 'string' ? message : `the server answered ${status}`,
      typeof request_id === 'string' ? request_id : undefined,
    )
  }

  static unreachable(): ApiError {
    return new ApiError(0, 'unreachable', 'Pilotlight does not answer. Is it running?')
  }
}

/** In one line, for a toast: what happened, and the id to look for in the log. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const id = error instanceof ApiError ? error.requestId : undefined
  return id === undefined ? message : `${message} (request ${id})`
}
