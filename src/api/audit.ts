// Every change that is tried is entered in the audit log, whatever comes of it; and the log is read.

import type { Context, MiddlewareHandler } from 'hono'
import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { AuditEntryShape } from '../contract/shapes.ts'
import type { AuditedCall, Control, Rows } from '../control/index.ts'
import type { RouteIndex } from './route-index.ts'
import { type Api, type ApiEnv, serve } from './serve.ts'

const reads = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Around everything that knows the caller, refusals included. Those who are told to wait are not entered. */
export function auditChanges(control: Control, index: () => RouteIndex): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (reads.has(c.req.method)) return await next()
    const complete = await control.audit.begin({ ...about(c, index()), key: c.get('caller') })
    await next()
    await complete(c.res.status, c.res.ok ? await madeIds(c.res) : {})
  }
}

/** Around those who failed to prove who they are. */
export function auditStrangers(control: Control, index: () => RouteIndex): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next()
    if (reads.has(c.req.method) || c.res.status !== 401) return
    const complete = await control.audit.begin({ ...about(c, index()), key: undefined })
    await complete(c.res.status, {})
  }
}

/** Paths of ours are shorter; what is longer is not kept whole. */
const longestPath = 500

function about(c: Context<ApiEnv>, index: RouteIndex) {
  const { method, path } = c.req
  const { operationId = 'unknown', ids = {} } = index.find(method, path) ?? {}
  return { ...aboutCall(c), operationId, ids }
}

/** What is said of every call. */
export function aboutCall(
  c: Context<ApiEnv>,
): Pick<AuditedCall, 'method' | 'path' | 'remoteAddress' | 'requestId'> {
  const { method, path } = c.req
  return {
    ...{ method, path: path.slice(0, longestPath) },
    ...{ remoteAddress: c.get('remoteAddress'), requestId: c.get('requestId') },
  }
}

/** Answers with more than this are no news of something made. */
const longestAnswer = 1_000_000

/** What an answer says was made: ids alone, of the nouns that have one. */
async function madeIds(response: Response): Promise<Record<string, string>> {
  const text = await response.clone().text()
  if (text === '' || text.length > longestAnswer) return {}
  const body = JSON.parse(text) as Record<string, unknown>
  const ids: Record<string, string> = {}
  for (const noun of ['project', 'branch', 'endpoint', 'snapshot']) {
    const id = (body[noun] as { id?: unknown } | undefined)?.id
    if (typeof id === 'string') ids[`${noun}_id`] = id
  }
  for (const noun of ['role', 'database']) {
    const name = (body[noun] as { name?: unknown } | undefined)?.name
    if (typeof name === 'string') ids[`${noun}_name`] = name
  }
  // A new API key is answered without a noun around it.
  if (typeof body.id === 'number' && typeof body.key === 'string') ids.key_id = String(body.id)
  return ids
}

export function serveAudit(api: Api, control: Control): void {
  serve(api, routes.listAudit, async ({ query }) => {
    const limit = query.limit ?? limits.auditListDefault
    const entries = await control.audit.list(
      {
        projectId: query.project_id,
        keyId: query.key_id,
        operationId: query.operation_id,
        actor: query.actor,
        since: query.since === undefined ? undefined : new Date(query.since),
        until: query.until === undefined ? undefined : new Date(query.until),
        failed: query.failed,
      },
      { limit, before: query.cursor === undefined ? undefined : Number(query.cursor) },
    )
    const last = entries.at(-1)
    return {
      entries: entries.map(auditEntry),
      ...(last && entries.length === limit && { pagination: { cursor: String(last.id) } }),
    }
  })
}

function auditEntry(row: Rows['auditEntry']): AuditEntryShape {
  return {
    id: row.id,
    // Several changes a second are told apart here.
    at: row.at.toISOString(),
    actor: row.actor,
    ...(row.key_id !== null && { key_id: row.key_id }),
    ...(row.key_name !== null && { key_name: row.key_name }),
    operation_id: row.operation_id,
    ...(row.method !== null && { method: row.method }),
    ...(row.path !== null && { path: row.path }),
    ids: row.ids,
    ...(row.project_id !== null && { project_id: row.project_id }),
    ...(row.status !== null && { status: row.status }),
    ...(row.remote_address !== null && { remote_address: row.remote_address }),
    ...(row.request_id !== null && { request_id: row.request_id }),
  }
}
