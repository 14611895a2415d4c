// POST /api/console/undone_migrations. It changes nothing, but wakes a compute and opens a moment.

import type { Hono } from 'hono'
import { undoneMigrationsSchema } from '../../contract/console-undone-migrations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { readMoment } from '../../contract/moment.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'

/** Behind what knows the session. */
export function serveUndoneMigrations(app: Hono<ApiEnv>, control: Control): void {
  app.post('/undone_migrations', async c => {
    const body: unknown = await c.req.json().catch(() => {
      throw new PilotlightError('malformed_json')
    })
    const parsed = undoneMigrationsSchema.safeParse(body)
    if (!parsed.success) throw invalidRequest(parsed.error)
    const { project_id, branch_id, source, database } = parsed.data
    const { branch_id: branchId, ...moment } = source
    return c.json(
      await control.undoneMigrations.find(project_id, {
        ...{ branchId: branch_id, database },
        source: { branchId, moment: readMoment(moment) },
      }),
    )
  })
}
