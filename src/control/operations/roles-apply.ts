// apply_config: the compute is given what the catalog has noted for it; it is woken for that if need be.

import * as endpoints from '../../catalog/endpoints.ts'
import { branchOf, endpointOf, operation, step } from './operation.ts'

export const rolesApply = operation('apply_config', [
  step('roles', async ({ parts, computes, contents }, op) => {
    const place = { endpointId: endpointOf(op), branchId: branchOf(op) }
    // A start applies what is pending; a compute that runs already is given it here.
    await computes.start(place.endpointId, 'recorded')
    const endpoint = await endpoints.findWithBranch(parts.catalog.db, place.endpointId)
    if (!endpoint?.roles_pending) return
    await contents.applyPending(place, await parts.engine.adminLogin(computes.ref(place.endpointId)))
  }),
])
