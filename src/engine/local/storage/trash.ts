// Removal in two steps: a tree is gone under its name at once, and its bytes a little later. A crash in between leaves
// trash, which is swept at the next start, never half a tree.

import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMissing } from '../errors.ts'
import { trashPrefix } from '../layout.ts'

/** Where it is now; null where there was nothing. */
export async function toTrash(path: string): Promise<string | null> {
  const trash = join(dirname(path), `${trashPrefix}${randomBytes(6).toString('hex')}`)
  try {
    await rename(path, trash)
    return trash
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
