// Calls of the Management API, typed by the contract's routes. The routes themselves (and zod) stay on the server: only
// their types come along, and the path of a call is checked against the route's own.

import type { z } from 'zod'
import type { Route } from '../../../src/contract/routes/index.ts'
import { ApiError } from './api-error.ts'

type Part<Name extends string, Shape> = Shape extends z.ZodType
  ? Record<string, never> extends z.input<Shape>
    ? { [K in Name]?: z.input<Shape> }
    : { [K in Name]: z.input<Shape> }
  : unknown

export type CallParts<R extends Route> = Part<'params', R['request']['params']> &
  Part<'query', R['request']['query']> &
  Part<'body', R['request']['body']>

export type Reply<R extends Route> = z.output<R['reply']>

interface LooseParts {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
}

/** `call<typeof routes.getProject>('get', '/projects/{project_id}', { params })`. Throws ApiError. */
export async function call<R extends Route>(
  method: R['method'],
  path: R['path'],
  parts: CallParts<R>,
  signal?: AbortSignal,
): Promise<Reply<R>> {
  const { params = {}, query = {}, body } = parts as LooseParts
  const url = `/api/v2${pathOf(path, params)}${queryOf(query)}`
  return (await send(method, url, body, signal)) as Reply<R>
}

/** Same-origin JSON with the session's cookie; the header is what a foreign page cannot send. Throws ApiError. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await request(method, url, body, signal)
  if (response.status === 204) return undefined
  try {
    return await response.json()
  } catch (error) {
    if (signal?.aborted) throw error
    // It ended in the middle of its answer, or something in between answered in its place.
    throw ApiError.unreachable()
  }
}

/** As `send`, for an answer that the caller reads as it comes. Throws ApiError where it is none of success. */
export async function request(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const init: RequestInit = {
    method: method.toUpperCase(),
    headers: { Accept: 'application/json', 'X-Pilotlight-Console': '1' },
    credentials: 'same-origin',
    ...(signal && { signal }),
  }
  if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { ...init.headers, 'Content-Type': 'application/json' }
  }
  const response = await fetch(url, init).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw ApiError.unreachable()
  })
  if (!response.ok) throw ApiError.of(response.status, await response.json().catch(() => undefined))
  return response
}

function pathOf(path: string, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

function queryOf(query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`
}
