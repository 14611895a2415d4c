// /api/console/saved_queries: what people keep of the SQL editor.

import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import {
  deleteSavedQuerySchema,
  savedQueriesSchema,
  saveQuerySchema,
} from '../../contract/console-saved-queries.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest, knownError } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'
import { queryOf } from './metrics.ts'

/** Behind what knows the session. Changes are entered in the audit log, without name and text. */
export function serveSavedQueries(app: Hono<ApiEnv>, control: Control): void {
  app.get('/saved_queries', async c => {
    const { project_id } = queryOf(c, savedQueriesSchema)
    return c.json({ queries: await control.savedQueries.list(project_id) })
  })

  app.put('/saved_queries', async c => {
    const { project_id, ...query } = await bodyOf(c, saveQuerySchema)
    await audited(c, 'saveConsoleQuery', project_id, () => control.savedQueries.save(project_id, query))
    return c.json({ saved: true })
  })

  app.delete('/saved_queries', async c => {
    const { project_id, name } = await bodyOf(c, deleteSavedQuerySchema)
    await audited(c, 'deleteConsoleQuery', project_id, () => control.savedQueries.delete(project_id, name))
    return c.json({ deleted: true })
  })

  async function audited(
    c: Context<ApiEnv>,
    operationId: string,
    projectId: string,
    change: () => Promise<void>,
  ): Promise<void> {
    const ids = { project_id: projectId }
    const complete = await control.audit.begin({
      ...{ key: c.get('caller'), operationId, method: c.req.method, path: c.req.path, ids },
      ...{ remoteAddress: c.get('remoteAddress'), requestId: c.get('requestId') },
    })
    try {
      await change()
      await complete(200, ids)
    } catch (error) {
      await complete(knownError(error).definition.http, ids)
      throw error
    }
  }
}

async function bodyOf<Schema extends z.ZodType>(
  c: Context<ApiEnv>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new PilotlightError('malformed_json')
  })
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw invalidRequest(parsed.error)
  return parsed.data
}
