// start_compute: as a client's connection would, but asked for by the API.

import { isQuotaError } from '../consumption/quota-errors.ts'
import { endpointOf, OperationSkipped, operation, step } from './operation.ts'

export const computeStart = operation('start_compute', [
  step('start', async ({ computes }, op) => {
    try {
      await computes.startUntilKnown(endpointOf(op), 'recorded')
    } catch (error) {
      // What is made beside it (a branch, say) is made; its compute starts once the quota allows it.
      if (isQuotaError(error)) throw new OperationSkipped((error as Error).message)
      throw error
    }
  }),
])
