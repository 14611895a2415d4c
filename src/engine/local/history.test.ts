import { historyConformance } from '../conformance/history-conformance.ts'
import { localHarness } from './local-harness.ts'

for (const major of [17, 18]) {
  historyConformance(`this machine, Postgres ${major}`, () => localHarness(major))
}
