// GET /api/console/operations, and one of them: with causes, steps and times that the Management API has no fields for.

import type { Hono } from 'hono'
import { z } from 'zod'
import { idText } from '../../contract/console-names.ts'
import {
  type ConsoleOperation,
  type ConsoleOperationDetails,
  type ConsoleOperations,
  consoleOperationsSchema,
} from '../../contract/console-operations.ts'
import { errorTable, isErrorCode } from '../../contract/errors.ts'
import type { Control, Rows } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { checked, queryOf } from './asked.ts'

const place = z.object({ project_id: idText, id: z.uuid() })

/** Behind what knows the session. */
export function serveConsoleOperations(app: Hono<ApiEnv>, control: Control): void {
  app.get('/operations', async c => {
    const { project_id, status, action, branch_id, limit, cursor } = queryOf(c, consoleOperationsSchema)
    const page = await control.operations.list(
      project_id,
      { limit, cursor },
      { statuses: status, actions: action, branchId: branch_id },
    )
    const isLast = page.operations.length < limit
    return c.json({
      operations: page.operations.map(shown),
      ...(!isLast && page.cursor !== undefined && { cursor: page.cursor }),
    } satisfies ConsoleOperations)
  })

  app.get('/operations/:id', async c => {
    const { project_id, id } = checked({ ...c.req.query(), id: c.req.param('id') }, place)
    const { operation, call } = await control.operations.getWithCall(project_id, id)
    return c.json({
      operation: shown(operation),
      call: call.map(({ id, action, status }) => ({ id, action, status })),
    } satisfies ConsoleOperationDetails)
  })
}

function remedyOf(code: string | null): string | null {
  return code !== null && isErrorCode(code) ? errorTable[code].remedy : null
}

function shown(row: Rows['operation']): ConsoleOperation {
  return {
    ...{ id: row.id, project_id: row.project_id, branch_id: row.branch_id, endpoint_id: row.endpoint_id },
    ...{ action: row.action, status: row.status, error: row.error, failures_count: row.failures_count },
    ...{ cause: row.cause, steps: row.steps, remedy: remedyOf(row.error_code) },
    retry_at: row.retry_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  }
}
