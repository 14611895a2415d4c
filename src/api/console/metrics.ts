// GET /api/console/metrics, its databases and its history, and /statements: what a compute does and did. Asleep it stays.

import type { Hono } from 'hono'
import { metricsHistorySchema, monitoredSchema } from '../../contract/console-monitoring.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { queryOf } from './asked.ts'

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
