// /api/console/sessions: who is logged in to a compute, what they run, and their end.

import type { Hono } from 'hono'
import { endSessionSchema, monitoredSchema, sessionQuerySchema } from '../../contract/console-monitoring.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest, knownError } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'
import { queryOf } from './metrics.ts'

/** Behind what knows the session. An end that is asked for stands in the audit log. */
export function serveSessions(app: Hono<ApiEnv>, control: Control): void {
  app.get('/sessions', async c => {
    const { project_id, branch_id } = queryOf(c, monitoredSchema)
    return c.json(await control.sessions.list(project_id, branch_id))
  })

  app.get('/sessions/query', async c => {
    const { project_id, branch_id, pid, started_at } = queryOf(c, sessionQuerySchema)
    const place = { projectId: project_id, branchId: branch_id, pid, startedAt: started_at }
    return c.json({ query: await control.sessions.query(place) })
  })

  app.post('/sessions', async c => {
    const body: unknown = await c.req.json().catch(() => {
      throw new PilotlightError('malformed_json')
    })
    const parsed = endSessionSchema.safeParse(body)
    if (!parsed.success) throw invalidRequest(parsed.error)
    const { project_id, branch_id, pid, started_at, action } = parsed.data
    const ids = { project_id, branch_id, pid: String(pid) }
    const complete = await control.audit.begin({
      ...{ key: c.get('caller'), method: c.req.method, path: c.req.path, ids },
      operationId: action === 'cancel' ? 'cancelDatabaseSession' : 'terminateDatabaseSession',
      ...{ remoteAddress: c.get('remoteAddress'), requestId: c.get('requestId') },
    })
    try {
      await control.sessions.end(
        { projectId: project_id, branchId: branch_id, pid, startedAt: started_at },
        action,
      )
      await complete(200, ids)
      return c.json({ ended: true })
    } catch (error) {
      await complete(knownError(error).definition.http, ids)
      throw error
    }
  })
}
