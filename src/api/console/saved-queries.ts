// /api/console/saved_queries: what people keep of the SQL editor.

import type { Hono } from 'hono'
import {
  deleteSavedQuerySchema,
  savedQueriesSchema,
  saveQuerySchema,
} from '../../contract/console-saved-queries.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { bodyOf, queryOf } from './asked.ts'
import { audited } from './audited.ts'

/** Behind what knows the session. Changes are entered in the audit log, without name and text. */
export function serveSavedQueries(app: Hono<ApiEnv>, control: Control): void {
  app.get('/saved_queries', async c => {
    const { project_id } = queryOf(c, savedQueriesSchema)
    return c.json({ queries: await control.savedQueries.list(project_id) })
  })

  app.put('/saved_queries', async c => {
    const { project_id, ...query } = await bodyOf(c, saveQuerySchema)
    await audited(c, control, { operationId: 'saveConsoleQuery', ids: { project_id } }, () =>
      control.savedQueries.save(project_id, query),
    )
    return c.json({ saved: true })
  })

  app.delete('/saved_queries', async c => {
    const { project_id, name } = await bodyOf(c, deleteSavedQuerySchema)
    await audited(c, control, { operationId: 'deleteConsoleQuery', ids: { project_id } }, () =>
      control.savedQueries.delete(project_id, name),
    )
    return c.json({ deleted: true })
  })
}
