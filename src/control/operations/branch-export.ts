// prepare_secondary_pageserver: a second copy of a branch's data is made in another place, while the first goes on
// serving; of Neon's words the nearest. The copy is a plain data directory.

import { access } from 'node:fs/promises'
import { PilotlightError } from '../../contract/errors.ts'
import { dataOf } from './data.ts'
import { operation, step } from './operation.ts'

export const branchExport = operation('prepare_secondary_pageserver', [
  step('copy', async ({ parts }, op) => {
    const path = op.details?.export_path
    if (path === undefined) throw new PilotlightError('invalid_request', { detail: 'no path to export to' })
    // The path was free when this was entered, and an export appears under it whole.
    if (await exists(path)) return
    await parts.engine.exportData(dataOf(parts, op), path)
  }),
])

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
