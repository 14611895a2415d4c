// start_compute: as a client's connection would, but asked for by the API.

import { endpointOf, operation, step } from './operation.ts'

export const computeStart = operation('start_compute', [
  step('start', async ({ computes }, op) => {
    await computes.start(endpointOf(op), 'recorded')
  }),
])
