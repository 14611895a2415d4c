// Which data is meant: a branch, and perhaps a moment of it. `^parent`, `^self@2h`, `dev@2026-11-25T10:00:00Z`, `@10m`.

import type { BranchShape } from '../../contract/shapes.ts'
import type { Client } from '../client.ts'
import type { Context } from '../command.ts'
import { usageError } from '../errors.ts'
import { plain } from '../format.ts'
import { isMoment, type MomentParts, momentOf } from '../moment.ts'
import { resolveBranch } from '../resolve-branch.ts'

export interface Source {
  branchId: string
  moment: MomentParts | undefined
}

/** Splits at the last `@` that a moment follows. */
export function splitAt(text: string): { name: string; at: string | undefined } {
  const place = text.lastIndexOf('@')
  if (place < 0 || !isMoment(text.slice(place + 1))) return { name: text, at: undefined }
  return { name: text.slice(0, place), at: text.slice(place + 1) }
}

/** Seen from `branch`. Throws branch_not_found, usage. */
export async function resolveSource(
  context: Context,
  client: Client,
  branch: BranchShape,
  text: string,
): Promise<Source> {
  const { name, at } = splitAt(text)
  const moment = at === undefined ? undefined : momentOf(context, at)
  if (name === '' || name === '^self') return { branchId: branch.id, moment }
  if (name === '^parent') return { branchId: parentOf(branch), moment }
  return { branchId: (await resolveBranch(client, name, { project: branch.project_id })).id, moment }
}

/** Throws usage. */
export function parentOf(branch: BranchShape): string {
  if (branch.parent_id !== undefined) return branch.parent_id
  throw usageError(
    `branch ${plain(branch.name)} has no parent`,
    'Name another branch, or a moment of its own: @10m, @2026-11-25T10:00:00Z.',
  )
}
