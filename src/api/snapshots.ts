import { readMoment } from '../contract/moment.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveSnapshots(api: Api, control: Control): void {
  serve(api, routes.createSnapshot, async ({ params, query }) => {
    const made = await control.snapshots.create(params.project_id, params.branch_id, {
      moment: readMoment({ lsn: query.lsn, timestamp: query.timestamp }),
      name: query.name,
      expiresAt: query.expires_at,
    })
    return { snapshot: views.snapshot(made.snapshot), operations: made.operations.map(views.operation) }
  })

  serve(api, routes.listSnapshots, async ({ params }) => ({
    snapshots: (await control.snapshots.list(params.project_id)).map(views.snapshot),
  }))

  serve(api, routes.updateSnapshot, async ({ params, body }) => ({
    snapshot: views.snapshot(
      await control.snapshots.update(params.project_id, params.snapshot_id, {
        name: body.snapshot.name,
        expiresAt: body.snapshot.expires_at,
      }),
    ),
  }))

  serve(api, routes.deleteSnapshot, async ({ params }) => ({
    operations: (await control.snapshots.delete(params.project_id, params.snapshot_id)).map(views.operation),
  }))

  serve(api, routes.restoreSnapshot, async ({ params, query, body }) => {
    const made = await control.snapshotRestores.restore(params.project_id, params.snapshot_id, {
      name: body.name ?? query.name,
      targetId: body.target_branch_id,
      finalize: body.finalize_restore ?? false,
    })
    return {
      branch: views.branch(made.branch),
      endpoints: made.endpoints.map(row => views.endpoint(row, control)),
      operations: made.operations.map(views.operation),
    }
  })

  serve(api, routes.getBackupSchedule, async ({ params }) => ({
    schedule: await control.backupSchedules.get(params.project_id, params.branch_id),
  }))

  serve(api, routes.setBackupSchedule, async ({ params, body }) => {
    await control.backupSchedules.set(params.project_id, params.branch_id, body.schedule)
    return {}
  })
}
