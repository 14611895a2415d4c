// GET /api/console/computes: why they are awake or asleep.

import type { Hono } from 'hono'
import { z } from 'zod'
import type { ConsoleComputes } from '../../contract/console-computes.ts'
import { idText } from '../../contract/console-names.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { queryOf } from './asked.ts'

const query = z.object({
  project_id: idText,
  branch_id: idText.optional(),
  /** Asks each that runs what goes on in it. */
  inside: z.enum(['true', 'false']).optional(),
})

/** Behind what knows the session. */
export function serveComputes(app: Hono<ApiEnv>, control: Control): void {
  app.get('/computes', async c => {
    const { project_id, branch_id, inside } = queryOf(c, query)
    const computes = await control.computeFacts.list({
      ...{ projectId: project_id, branchId: branch_id, inside: inside === 'true' },
    })
    return c.json({ now: new Date().toISOString(), computes } satisfies ConsoleComputes)
  })
}
