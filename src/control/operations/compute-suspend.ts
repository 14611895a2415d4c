// suspend_compute: at once, whoever is connected (they see 57P01); behind a call that had to wake the compute, only where
// nobody has connected meanwhile. An endpoint that was deleted goes with its compute.

import * as endpoints from '../../catalog/endpoints.ts'
import { endpointOf, OperationSkipped, operation, step } from './operation.ts'

export const computeSuspend = operation('suspend_compute', [
  step('stop', async ({ computes }, op) => {
    if (!op.details?.unless_used) return await computes.suspend(endpointOf(op), 'recorded')
    const outcome = await computes.suspendIfIdle(endpointOf(op), op.created_at, 'recorded')
    if (outcome === 'busy') throw new OperationSkipped('somebody has connected')
  }),
  step('remove', async ({ parts, computes, changes }, op) => {
    const endpoint = await endpoints.find(parts.catalog.db, op.project_id, endpointOf(op))
    if (!endpoint?.deleted_at) return
    await computes.remove(endpoint)
    await endpoints.remove(parts.catalog.db, endpoint.id)
    changes.forgetAccess([endpoint])
  }),
])
