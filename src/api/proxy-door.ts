// The door for proxies: a Unix socket that only this user (and root) can open. The three questions of the control-plane
// API that Neon's proxy speaks, and our two additions (contract/control-plane.ts).

import { type Context, Hono } from 'hono'
import { stream } from 'hono/streaming'
import {
  activityReportSchema,
  type Change,
  type ControlPlaneError,
  type ControlPlaneReason,
  refreshRoleSchema,
} from '../contract/control-plane.ts'
import { type ErrorCode, PilotlightError } from '../contract/errors.ts'
import { readMoment } from '../contract/moment.ts'
import type { ConnectionCause } from '../contract/operation-causes.ts'
import type { Control } from '../control/index.ts'
import type { Logger } from '../lib/logger.ts'

const reasons: Partial<Record<ErrorCode, ControlPlaneReason>> = {
  endpoint_gone: 'ENDPOINT_NOT_FOUND',
  endpoint_disabled: 'ENDPOINT_DISABLED',
  active_time_quota_exceeded: 'ACTIVE_TIME_QUOTA_EXCEEDED',
  compute_time_quota_exceeded: 'COMPUTE_TIME_QUOTA_EXCEEDED',
  written_data_quota_exceeded: 'WRITTEN_DATA_QUOTA_EXCEEDED',
  data_transfer_quota_exceeded: 'DATA_TRANSFER_QUOTA_EXCEEDED',
}

/** For whom the compute is woken. A proxy that does not say, as Neon's, wakes it all the same. */
function clientOf(c: Context): ConnectionCause {
  const { role, database, client_application: application, client_address: address } = c.req.query()
  return {
    ...{ ...(role && { role }), ...(database && { database }) },
    ...{ ...(application && { application }), ...(address && { address }) },
  }
}

/** A listener that says nothing for so long may have lost its peer; an empty line tells. */
const keepAliveMs = 15_000

export function createProxyDoor(control: Control, logger: Logger): Hono {
  const door = new Hono()

  door.get('/get_endpoint_access_control', async c =>
    c.json(await control.access.accessControl(c.req.query('endpointish') ?? '', c.req.query('role') ?? '')),
  )

  door.get('/wake_compute', async c => {
    const moment = readMoment({
      lsn: c.req.query('options[lsn]'),
      timestamp: c.req.query('options[timestamp]'),
    })
    return c.json(await control.access.wake(c.req.query('endpointish') ?? '', moment, clientOf(c)))
  })

  door.post('/refresh_role', async c => {
    const { endpointish, role } = refreshRoleSchema.parse(await c.req.json())
    return c.json(await control.access.refresh(endpointish, role))
  })

  door.post('/activity', async c => {
    control.activity(activityReportSchema.parse(await c.req.json()))
    return c.body(null, 204)
  })

  door.get('/changes', c =>
    stream(c, async out => {
      const write = (change: Change) => void out.write(`${JSON.stringify(change)}\n`)
      write({ change: 'hello' })
      const unsubscribe = control.changes.subscribe(write)
      const alive = setInterval(() => void out.write('\n'), keepAliveMs)
      await new Promise<void>(resolve => out.onAbort(resolve))
      clearInterval(alive)
      unsubscribe()
    }),
  )

  door.onError((error, c) => {
    const known =
      error instanceof PilotlightError ? error : new PilotlightError('internal', {}, { cause: error })
    if (known.definition.owner === 'platform')
      logger.error({ path: c.req.path, err: error }, 'proxy question failed')
    const reason = reasons[known.code]
    const body: ControlPlaneError = {
      error: known.message,
      status: {
        code: known.code,
        message: known.message,
        details: {
          ...(reason && { error_info: { reason } }),
          user_facing_message: { message: known.message },
        },
      },
    }
    return c.json(body, known.definition.http as 500)
  })
  return door
}
