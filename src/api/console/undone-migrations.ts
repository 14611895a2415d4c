// POST /api/console/undone_migrations. It changes nothing, but wakes a compute and opens a moment.

import type { Hono } from 'hono'
import { undoneMigrationsSchema } from '../../contract/console-undone-migrations.ts'
import { readMoment } from '../../contract/moment.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { bodyOf } from './asked.ts'

/** Behind what knows the session. */
export function serveUndoneMigrations(app: Hono<ApiEnv>, control: Control): void {
  app.post('/undone_migrations', async c => {
    const { project_id, branch_id, source, database } = await bodyOf(c, undoneMigrationsSchema)
    const { branch_id: branchId, ...moment } = source
    return c.json(
      await control.undoneMigrations.find(project_id, {
        ...{ branchId: branch_id, database },
        source: { branchId, moment: readMoment(moment) },
      }),
    )
  })
}
