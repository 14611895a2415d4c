// HTTP to control over its Unix socket, with connections kept, and its errors as ours.

import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { controlPlaneErrorSchema } from '../../contract/control-plane.ts'
import { type ErrorCode, isErrorCode, PilotlightError } from '../../contract/errors.ts'
import type { Clock } from '../../lib/clock.ts'

/** Control is not there: it starts, restarts, or is gone. Unlike its answers, that is worth another try. */
export class ControlAway extends Error {
  constructor(cause: unknown) {
    super('control does not answer', { cause })
    this.name = 'ControlAway'
  }
}

/** A refusal of control's, with the text that control wants the client to read. */
export class ControlRefusal extends PilotlightError {
  /** After so long it may answer otherwise. */
  readonly retryDelayMs: number | null

  constructor(code: ErrorCode, userMessage: string | undefined, retryDelayMs: number | null, cause: unknown) {
    super(code, {}, { cause })
    if (userMessage !== undefined) this.message = userMessage
    this.retryDelayMs = retryDelayMs
  }
}

/** For any other reason: the status of control's own error table, else this. */
const codeOfReason: Record<string, ErrorCode> = {
  ENDPOINT_NOT_FOUND: 'endpoint_gone',
  RESOURCE_NOT_FOUND: 'endpoint_gone',
  PROJECT_NOT_FOUND: 'endpoint_gone',
  BRANCH_NOT_FOUND: 'endpoint_gone',
  ENDPOINT_DISABLED: 'endpoint_disabled',
  ACTIVE_TIME_QUOTA_EXCEEDED: 'active_time_quota_exceeded',
  COMPUTE_TIME_QUOTA_EXCEEDED: 'compute_time_quota_exceeded',
  WRITTEN_DATA_QUOTA_EXCEEDED: 'written_data_quota_exceeded',
  DATA_TRANSFER_QUOTA_EXCEEDED: 'data_transfer_quota_exceeded',
  RUNNING_OPERATIONS: 'compute_wake_timeout',
  CONCURRENCY_LIMIT_REACHED: 'compute_wake_timeout',
}

const retriedReasons = new Set(['RUNNING_OPERATIONS', 'CONCURRENCY_LIMIT_REACHED'])
const defaultRetryDelayMs = 100

const maxReplyBytes = 1_048_576

export interface ControlRequest {
  method: 'GET' | 'POST'
  path: string
  query?: Record<string, string>
  body?: unknown
  timeoutMs: number
}

export class ControlHttp {
  readonly #socketPath: string
  readonly #clock: Pick<Clock, 'after'>
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 8 })

  constructor(socketPath: string, clock: Pick<Clock, 'after'>) {
    this.#socketPath = socketPath
    this.#clock = clock
  }

  open(path: string): ClientRequest {
    return request({ socketPath: this.#socketPath, path, method: 'GET', agent: false })
  }

  /** The reply's JSON. Throws ControlAway, or a PilotlightError that says what control said. */
  async ask(question: ControlRequest): Promise<unknown> {
    try {
      return await this.#once(question)
    } catch (error) {
      // A kept connection that control had closed in the meantime says nothing about control.
      if (error instanceof ControlAway && error.cause instanceof StaleConnection)
        return await this.#once(question)
      throw error
    }
  }

  async #once(question: ControlRequest): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
    const body = question.body === undefined ? undefined : JSON.stringify(question.body)
    const search = question.query ? `?${new URLSearchParams(question.query)}` : ''
    const outgoing = request({
      socketPath: this.#socketPath,
      method: question.method,
      path: question.path + search,
      agent: this.#agent,
      headers: {
        host: 'control',
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    })
    let timedOut = false
    const timer = this.#clock.after(question.timeoutMs, () => {
      timedOut = true
      outgoing.destroy(new Error('control took too long'))
    })
    outgoing.once('error', error => {
      if (timedOut) reject(new PilotlightError('compute_wake_timeout', {}, { cause: error }))
      else reject(new ControlAway(outgoing.reusedSocket ? new StaleConnection(error) : error))
    })
    outgoing.once('response', response => {
      collect(response).then(text => resolve({ status: response.statusCode ?? 0, text }), reject)
    })
    outgoing.end(body)
    try {
      const { status, text } = await promise
      if (status >= 200 && status < 300) return text === '' ? null : JSON.parse(text)
      throw refusal(status, text)
    } finally {
      timer.cancel()
    }
  }

  close(): void {
    this.#agent.destroy()
  }
}

class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('kept connection was closed', { cause })
  }
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxReplyBytes) throw new Error('reply of control is too long')
      chunks.push(chunk)
    }
  } catch (error) {
    throw new ControlAway(error)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusal(status: number, text: string): PilotlightError {
  let parsed: ReturnType<typeof controlPlaneErrorSchema.safeParse>
  try {
    parsed = controlPlaneErrorSchema.safeParse(JSON.parse(text))
  } catch {
    parsed = controlPlaneErrorSchema.safeParse(null)
  }
  const cause = new Error(`control answered ${status}`)
  if (!parsed.success) return new PilotlightError('control_unreachable', {}, { cause })
  const details = parsed.data.status?.details
  const reason = details?.error_info?.reason
  const ownCode = parsed.data.status?.code
  const code =
    (reason === undefined ? undefined : codeOfReason[reason]) ??
    (ownCode !== undefined && isErrorCode(ownCode) ? ownCode : 'control_unreachable')
  const retryDelayMs =
    details?.retry_info?.retry_delay_ms ??
    (reason !== undefined && retriedReasons.has(reason) ? defaultRetryDelayMs : null)
  return new ControlRefusal(code, details?.user_facing_message?.message, retryDelayMs, cause)
}
