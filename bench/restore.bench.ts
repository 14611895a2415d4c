// npm run bench -- restore [--fs xfs,btrfs,disk] [--rounds 9] [--quick]
//                          [--only by-hand,sizes,bounded,tax,exact,spacing]
//
// What a past moment costs: against a restore by hand, with much data, with much WAL; what keeping it costs those who
// write; whether the moment is the right one; and how often a snapshot should be taken.

import { runParts } from './parts.ts'
import { bounded } from './restore/bounded.ts'
import { byHand } from './restore/by-hand.ts'
import { exact } from './restore/exact.ts'
import { restoreSizes } from './restore/sizes.ts'
import { spacing } from './restore/spacing.ts'
import { tax } from './restore/tax.ts'

await runParts('restore', { 'by-hand': byHand, sizes: restoreSizes, bounded, tax, exact, spacing })
