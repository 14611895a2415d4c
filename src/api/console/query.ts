// POST /api/console/query: SQL, answered line by line (contract/console-query.ts).

import type { Hono } from 'hono'
import { consoleQuerySchema } from '../../contract/console-query.ts'
import type { Control } from '../../control/index.ts'
import { aboutCall } from '../audit.ts'
import { knownError } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'
import { bodyOf } from './asked.ts'
import { LineStream } from './line-stream.ts'

/** Well within the silence that we allow (up/http-server.ts), and the minute after which nginx takes an end for granted. */
const aliveEveryMs = 15_000

/** Behind what knows the session. What can write is entered in the audit log: that it was run, never what. */
export function serveQuery(app: Hono<ApiEnv>, control: Control): void {
  app.post('/query', async c => {
    const query = await bodyOf(c, consoleQuerySchema)
    const complete =
      query.read_only || query.at
        ? undefined
        : await control.audit.begin({
            ...aboutCall(c),
            ...{ key: c.get('caller'), operationId: 'runConsoleQuery' },
            ids: {
              ...{ project_id: query.project_id, branch_id: query.branch_id },
              ...{ role_name: query.role, database_name: query.database },
            },
          })
    try {
      const admitted = await control.queries.admit(query)
      const lines = new LineStream({ clock: control.parts.clock, aliveEveryMs })
      void admitted
        .run(lines, lines.left)
        .catch(error => {
          const requestId = c.get('requestId')
          control.parts.logger.error({ requestId, err: error }, 'the answer of a console query is torn')
        })
        .then(async () => {
          lines.end()
          await complete?.(200, {})
        })
      return c.body(lines.body, 200, {
        'Content-Type': 'application/x-ndjson; charset=utf-8',
        // nginx would collect it.
        'X-Accel-Buffering': 'no',
      })
    } catch (error) {
      await complete?.(knownError(error).definition.http, {})
      throw error
    }
  })
}
