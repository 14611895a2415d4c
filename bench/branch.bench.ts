// npm run bench -- branch [--fs xfs,btrfs,disk] [--rounds 9] [--quick] [--only first-row,clone-step,sizes,space,neighbour]
//
// What a branch costs: its time to the first row against CREATE DATABASE … TEMPLATE, the clone alone against cp, a large
// parent against a small one, the bytes of one that nobody has touched, and what the parent's clients notice of it all.

import { cloneStep } from './branch/clone-step.ts'
import { firstRowOfBranch } from './branch/first-row.ts'
import { neighbour } from './branch/neighbour.ts'
import { sizes } from './branch/sizes.ts'
import { space } from './branch/space.ts'
import { runParts } from './parts.ts'

await runParts('branch', {
  'clone-step': cloneStep,
  'first-row': firstRowOfBranch,
  sizes,
  space,
  neighbour,
})
