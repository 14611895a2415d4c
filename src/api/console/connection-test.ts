// POST /api/console/connection_test. It changes nothing, but may wake a compute.

import type { Hono } from 'hono'
import { consoleConnectionTestSchema } from '../../contract/console-connection-test.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'

/** Behind what knows the session. */
export function serveConnectionTest(app: Hono<ApiEnv>, control: Control): void {
  app.post('/connection_test', async c => {
    const body: unknown = await c.req.json().catch(() => {
      throw new PilotlightError('malformed_json')
    })
    const parsed = consoleConnectionTestSchema.safeParse(body)
    if (!parsed.success) throw invalidRequest(parsed.error)
    const { project_id, branch_id, endpoint_id, database, role } = parsed.data
    const request = { projectId: project_id, branchId: branch_id, endpointId: endpoint_id, database, role }
    return c.json(await control.connectionTests.run(request, c.req.raw.signal))
  })
}
