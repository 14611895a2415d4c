// Sessions of control that change roles and databases. A control that was killed leaves its last statement running in the
// compute: whoever takes its work up ends that first, and then looks at what there is.

import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import { PilotlightError } from '../../contract/errors.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { type ComputeSessionOptions, withCompute } from './compute-sql.ts'

const applicationName = 'pilotlight-change'

/** A copy of the template's files, and a checkpoint at either end in Postgres 14: seconds on a slow disk. */
const statementTimeoutMs = 120_000

/** As `withCompute`. One change of a branch is carried out at a time. */
export async function withChange<T>(
  login: AdminLogin,
  work: (client: pg.Client) => Promise<T>,
  options: ComputeSessionOptions = {},
): Promise<T> {
  return await withCompute(login, work, { statementTimeoutMs, ...options, applicationName })
}

/** A statement is broken off in milliseconds, but for one that copies files. */
const longestEndMs = 10_000
const pollMs = 20

/** Throws statement_delayed. */
export async function endUnfinishedChange(login: AdminLogin): Promise<void> {
  await withCompute(login, async client => {
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const left = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = $1 and usename = 'cloud_admin'`,
        [applicationName],
      )
      if (left.rowCount === 0) return
      if (waitedMs >= longestEndMs) {
        throw new PilotlightError('statement_delayed', { detail: 'an earlier change is still under way' })
      }
      await setTimeout(pollMs)
    }
  })
}
