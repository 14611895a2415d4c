// /api/console/sessions: who is logged in to a compute, what they run, and their end.

import type { Hono } from 'hono'
import {
  endSessionSchema,
  monitoredSchema,
  type SessionEnded,
  sessionQuerySchema,
} from '../../contract/console-monitoring.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { bodyOf, queryOf } from './asked.ts'
import { audited } from './audited.ts'

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
    const { project_id, branch_id, pid, started_at, action } = await bodyOf(c, endSessionSchema)
    const operationId = action === 'cancel' ? 'cancelDatabaseSession' : 'terminateDatabaseSession'
    const ids = { project_id, branch_id, pid: String(pid) }
    const place = { projectId: project_id, branchId: branch_id, pid, startedAt: started_at }
    const ended = await audited(c, control, { operationId, ids }, () => control.sessions.end(place, action))
    return c.json({ ended } satisfies SessionEnded)
  })
}
