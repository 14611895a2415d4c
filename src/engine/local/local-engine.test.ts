import { engineConformance } from '../conformance/engine-conformance.ts'
import { localHarness } from './local-harness.ts'

for (const major of [17, 18]) {
  engineConformance(`this machine, Postgres ${major}`, () => localHarness(major))
}
