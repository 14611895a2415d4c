// Operations that ended long ago are forgotten, some at a time.

import * as operations from '../../catalog/operations.ts'
import { limits } from '../../contract/limits.ts'
import { dayMs } from '../../lib/time-frames.ts'
import type { Parts } from '../parts.ts'

/** Of one statement: some hundredths of a second, and the next round goes on. */
const atOnce = 10_000

export async function forgetOldOperations({ catalog, clock, logger }: Parts): Promise<void> {
  const now = clock.now()
  const forgotten = await operations.removeEnded(catalog.db, {
    before: new Date(now - limits.operationsKeptDays * dayMs),
    inLineBefore: new Date(now - limits.wakesKeptDays * dayMs),
    limit: atOnce,
  })
  if (forgotten > 0) logger.info({ forgotten }, 'old operations forgotten')
}
