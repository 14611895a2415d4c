// apply_config after a change of an endpoint's settings: a compute that runs takes up what it can. One that sleeps is left
// asleep, for it has them at its next start.

import { endpointOf, type StepWork } from './operation.ts'

export const applySettings: StepWork = async ({ computes }, op) => {
  await computes.configure(endpointOf(op))
}
