import { readMoment } from '../contract/moment.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'

export function serveSchema(api: Api, control: Control): void {
  serve(api, routes.getSchema, async ({ params, query }) => {
    const place = { branchId: params.branch_id, moment: readMoment(query), field: 'timestamp' }
    return query.format === 'json'
      ? { json: { tables: await control.schemas.tables(params.project_id, place, query.db_name) } }
      : { sql: await control.schemas.sql(params.project_id, place, query.db_name) }
  })

  serve(api, routes.compareSchema, async ({ params, query }) => {
    const base = {
      branchId: query.base_branch_id,
      moment: readMoment({ lsn: query.base_lsn, timestamp: query.base_timestamp }),
      field: 'base_timestamp',
    }
    const place = { branchId: params.branch_id, moment: readMoment(query), field: 'timestamp' }
    return { diff: await control.schemas.compare(params.project_id, place, base, query.db_name) }
  })
}
