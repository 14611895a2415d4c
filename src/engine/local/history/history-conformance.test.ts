import { historyConformance } from '../../conformance/history-conformance.ts'
import { localHarness, mountedHarness } from '../local-harness.ts'

historyConformance('this machine, Postgres 17', () => localHarness(17))
historyConformance('this machine, Postgres 18', () => localHarness(18))
historyConformance('this machine, Postgres 17 on XFS', () => mountedHarness(17, 'xfs', '4G'))
historyConformance('this machine, Postgres 17 on btrfs', () => mountedHarness(17, 'btrfs', '4G'))
