// POST /api/console/connection_test. It changes nothing, but may wake a compute.

import type { Hono } from 'hono'
import { consoleConnectionTestSchema } from '../../contract/console-connection-test.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { bodyOf } from './asked.ts'

/** Behind what knows the session. */
export function serveConnectionTest(app: Hono<ApiEnv>, control: Control): void {
  app.post('/connection_test', async c => {
    const { project_id, branch_id, endpoint_id, database, role } = await bodyOf(
      c,
      consoleConnectionTestSchema,
    )
    const request = { projectId: project_id, branchId: branch_id, endpointId: endpoint_id, database, role }
    return c.json(await control.connectionTests.run(request, c.req.raw.signal))
  })
}
