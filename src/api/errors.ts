// Every failure leaves as {request_id, code, message}. What went wrong inside stays in the log, under the request id.

import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { PilotlightError } from '../contract/errors.ts'
import type { ErrorBody } from '../contract/routes/index.ts'
import type { Logger } from '../lib/logger.ts'
import type { ApiEnv } from './serve.ts'

/** How long a client may wait before it tries again; Neon's clients honour it. */
const retryAfterSeconds = 1

export function errorHandler(logger: Logger): ErrorHandler<ApiEnv> {
  return (error, c) => {
    const known = knownError(error)
    // 501 is an answer, not a failure: what is asked for is no part of us.
    if (known.definition.http >= 500 && known.definition.http !== 501) {
      logger.error(
        { requestId: c.get('requestId'), method: c.req.method, path: c.req.path, err: error },
        'request failed',
      )
    }
    return reply(c, known)
  }
}

export function reply(c: Context<ApiEnv>, error: PilotlightError): Response {
  const { http, retry } = error.definition
  if (retry && http !== 500) c.header('Retry-After', String(retryAfterSeconds))
  if (http === 401) c.header('WWW-Authenticate', 'Bearer')
  // Neon's own `code` is empty for most errors, and clients read the status; ours names the row of contract/errors.ts.
  const body: ErrorBody = {
    request_id: c.get('requestId'),
    code: error.definition.neonCode ?? error.code,
    message: error.message,
    ...(error.definition.reason !== undefined && { reason: error.definition.reason }),
  }
  return c.json(body, http as ContentfulStatusCode)
}

/** The row of the table that a client is told of. */
export function knownError(error: unknown): PilotlightError {
  if (error instanceof PilotlightError) return error
  if (error instanceof HTTPException && error.status === 400) {
    return new PilotlightError('malformed_json', {}, { cause: error })
  }
  return new PilotlightError('internal', {}, { cause: error })
}

/** `project.name: a name must not be empty; project.pg_version: …` */
export function invalidRequest(error: z.ZodError): PilotlightError {
  const detail = error.issues
    .slice(0, 10)
    .map(issue => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ')
  return new PilotlightError('invalid_request', { detail })
}
