// Calls of the Management API, typed and checked by the contract's routes.

import type { z } from 'zod'
import * as routes from '../contract/routes/index.ts'
import { apiBase, type Route } from '../contract/routes/index.ts'
import { CliError, errorOfReply, failure, notFoundError, usageError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'

/** A change is answered at once, and its operations run behind the answer: half a minute is a fault. */
const timeoutMs = 30_000
/** What is read while the caller waits: up to 50 s for each of two schemas, seconds for the files of many branches. */
const slowTimeoutMs = 120_000
const slowReads: string[] = [routes.compareSchema, routes.getSchema, routes.getStorage].map(
  ({ operationId }) => operationId,
)

/** A part of a request may be left out where none of its values is needed. */
type Part<Name extends string, Shape> = Shape extends z.ZodType
  ? Record<string, never> extends z.input<Shape>
    ? { [K in Name]?: z.input<Shape> }
    : { [K in Name]: z.input<Shape> }
  : unknown

export type CallParts<R extends Route> = Part<'params', R['request']['params']> &
  Part<'query', R['request']['query']> &
  Part<'body', R['request']['body']>

type LooseParts = { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown }

export interface Client {
  readonly baseUrl: string
  call<R extends Route>(route: R, parts: CallParts<R>): Promise<z.output<R['reply']>>
}

export interface ClientOptions {
  baseUrl: string
  apiKey: string
  /** What it means that nobody answers there. */
  whenRefused: (cause: unknown) => CliError
}

export function createClient({ baseUrl, apiKey, whenRefused }: ClientOptions): Client {
  return {
    baseUrl,
    async call<R extends Route>(route: R, parts: CallParts<R>) {
      const { params = {}, query = {}, body } = parts as LooseParts
      const url = baseUrl + apiBase + pathOf(route.path, params) + queryOf(query)
      const waitMs = slowReads.includes(route.operationId) ? slowTimeoutMs : timeoutMs
      const request: RequestInit = {
        method: route.method.toUpperCase(),
        headers: { Authorization: `Bearer ${apiKey}`, Accept: 'application/json' },
        signal: AbortSignal.timeout(waitMs),
        // Pilotlight never redirects, and the key is for it alone.
        redirect: 'error',
      }
      if (route.request.body) {
        request.body = JSON.stringify(checked(route.request.body as z.ZodType, body))
        request.headers = { ...request.headers, 'Content-Type': 'application/json' }
      }
      const { status, ok, json } = await send(url, request, waitMs, whenRefused)
      if (!ok) throw errorOfReply(status, json, url)
      // Between the question and the deletion somebody else was quicker.
      if (status === 204) throw notFoundError('not_found', 'it is deleted already')
      const reply = route.reply.safeParse(json)
      if (reply.success) return reply.data as z.output<R['reply']>
      throw failure(
        'unexpected_reply',
        `the reply of ${route.operationId} is not as expected: ${issuesText(reply.error)}`,
        'The command line and the server are of different versions; use the same for both.',
      )
    },
  }
}

/** OpenSSL's words for a chain that ends nowhere that we know. */
const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

async function send(
  url: string,
  request: RequestInit,
  waitMs: number,
  whenRefused: ClientOptions['whenRefused'],
): Promise<{ status: number; ok: boolean; json: unknown }> {
  try {
    const response = await fetch(url, request)
    const text = await response.text()
    return { status: response.status, ok: response.ok, json: parseJson(text) }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw failure('timeout', `${url} did not answer within ${waitMs / 1000} s`, 'Try again.', error)
    }
    const cause = (error as Error).cause as { code?: string; message?: string } | undefined
    if (cause?.code === 'ECONNREFUSED') throw whenRefused(error)
    if (untrusted.has(cause?.code ?? '')) {
      throw failure(
        'certificate_untrusted',
        `the certificate of ${new URL(url).host} is not trusted: ${cause?.message}`,
        'If it is Pilotlight’s own: set NODE_EXTRA_CA_CERTS to a copy of <data-dir>/tls/ca.crt of that machine.',
        error,
      )
    }
    throw new CliError({
      code: 'unreachable',
      message: `cannot reach ${url}: ${cause?.message ?? (error as Error).message}`,
      exitCode: exitCodes.failure,
      remedy: 'Check --api-url, PILOTLIGHT_API_URL and the network.',
      retry: true,
      cause: error,
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function pathOf(path: string, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    // `.` and `..` would be taken as steps of the path, and an empty one as another route.
    if (value === undefined || /^\.{0,2}$/.test(value)) {
      throw usageError(`${JSON.stringify(value ?? '')} is no ${name.replaceAll('_', ' ')}`)
    }
    return encodeURIComponent(value)
  })
}

function queryOf(query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`
}

/** What the server would refuse is refused here, in the same words. */
function checked(schema: z.ZodType, body: unknown): unknown {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw usageError(issuesText(parsed.error))
}

function issuesText(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}
