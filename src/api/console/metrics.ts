// GET /api/console/metrics, its databases and its history, and /statements: what a compute does and did. Asleep it stays.

import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import { metricsHistorySchema, monitoredSchema } from '../../contract/console-monitoring.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'

/** Behind what knows the session. */
export function serveMetrics(app: Hono<ApiEnv>, control: Control): void {
  app.get('/metrics', async c => {
    const { project_id, branch_id } = queryOf(c, monitoredSchema)
    return c.json(await control.metrics.now(project_id, branch_id))
  })

  app.get('/metrics/databases', async c => {
    const { project_id, branch_id } = queryOf(c, monitoredSchema)
    return c.json(await control.metrics.databases(project_id, branch_id))
  })

  app.get('/metrics/history', async c => {
    const { project_id, branch_id, range } = queryOf(c, metricsHistorySchema)
    return c.json(await control.metrics.history(project_id, branch_id, range))
  })

  app.get('/statements', async c => {
    const { project_id, branch_id } = queryOf(c, monitoredSchema)
    return c.json(await control.statements.slowest(project_id, branch_id))
  })
}

/** Throws invalid_request. */
export function queryOf<Schema extends z.ZodType>(c: Context<ApiEnv>, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(c.req.query())
  if (!parsed.success) throw invalidRequest(parsed.error)
  return parsed.data
}
