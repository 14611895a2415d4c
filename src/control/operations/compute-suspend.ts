// suspend_compute: at once, whoever is connected (they see 57P01).

import { endpointOf, operation, step } from './operation.ts'

export const computeSuspend = operation('suspend_compute', [
  step('stop', async ({ computes }, op) => {
    await computes.suspend(endpointOf(op), 'recorded')
  }),
])
