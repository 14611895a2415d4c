// The API in process, on a real catalog and an engine in memory, for tests.

import { apiBase } from '../contract/routes/index.ts'
import { type PreparedControl, prepareControl } from '../control/account/testing.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import type { MachineFacts } from './account.ts'
import { type ApiOptions, createApp } from './app.ts'
import { TrustedProxies } from './client-address.ts'

export interface TestAnswer {
  status: number
  headers: Headers
  /** Parsed; undefined where there is no body. Tests look into it as they like. */
  body: unknown
}

export interface TestApi extends PreparedControl {
  /** `path` is below the base of the API. A body that is no text is sent as JSON. */
  ask(method: string, path: string, how?: AskOptions): Promise<TestAnswer>
  /** As `ask`, of any path. */
  request(method: string, path: string, how?: AskOptions): Promise<TestAnswer>
}

export interface AskOptions {
  /** Empty: none is sent. */
  token?: string
  body?: unknown
  headers?: Record<string, string>
  /** The address of the peer. */
  from?: string
}

export const testFacts: MachineFacts = {
  ...{ version: '0.0.0', dataDir: '/tmp', caFile: '/nonexistent', postgresUser: 'postgres' },
  ...{ cloningReason: 'in memory', trustedProxies: new TrustedProxies() },
}

export async function openTestApi(
  cluster: Parameters<typeof prepareControl>[0],
  options: { api?: ApiOptions; logger?: Logger; catalog?: PreparedControl['catalog'] } = {},
): Promise<TestApi> {
  const prepared = await prepareControl(cluster, options)
  const app = createApp(prepared.control, testFacts, options.logger ?? silentLogger, options.api)
  const request: TestApi['request'] = async (method, path, how = {}) => {
    const headers: Record<string, string> = { ...how.headers }
    const given = how.token ?? prepared.token
    if (given !== '') headers.Authorization ??= `Bearer ${given}`
    const init: RequestInit = { method, headers }
    if (how.body !== undefined) {
      init.body = typeof how.body === 'string' ? how.body : JSON.stringify(how.body)
      headers['Content-Type'] ??= 'application/json'
      headers['Content-Length'] ??= String(Buffer.byteLength(init.body))
    }
    const env = { incoming: { socket: { remoteAddress: how.from ?? '192.0.2.1' } } }
    const response = await app.request(path, init, env)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  return { ...prepared, request, ask: (method, path, how) => request(method, apiBase + path, how) }
}

/** What stands in an answer at this place: `project.id`. */
export function at(answer: TestAnswer, place: string): unknown {
  return place
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer.body)
}

/** As `at`, where a text stands there. */
export function textAt(answer: TestAnswer, place: string): string {
  const value = at(answer, place)
  if (typeof value !== 'string') throw new Error(`no text at ${place}: ${JSON.stringify(answer.body)}`)
  return value
}
