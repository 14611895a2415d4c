// What can be done with a branch, and why not now. The API refuses the same; here one need not try.

import type { BranchDialog } from './branches-search.ts'

export interface ActionSubject {
  id: string
  name: string
  current_state: string
  default: boolean
  protected: boolean
  parent_id?: string | undefined
  expires_at?: string | undefined
}

interface BranchAction {
  dialog: BranchDialog
  text: string
  /** Takes something away. */
  isDangerous?: true
  disabledBecause: string | undefined
}

/** In the order of the menu. `all` is the project's branches. */
export function branchActions(branch: ActionSubject, all: ActionSubject[]): BranchAction[] {
  const children = all.filter(({ parent_id }) => parent_id === branch.id)
  const hasParent = all.some(({ id }) => id === branch.parent_id)
  return [
    { dialog: 'create', text: 'New branch from here', disabledBecause: failed(branch) },
    { dialog: 'compare', text: 'Compare schemas', disabledBecause: notReady(branch) },
    { dialog: 'rename', text: 'Rename', disabledBecause: undefined },
    { dialog: 'expire', text: expireText(branch), disabledBecause: neverExpires(branch) },
    branch.protected
      ? { dialog: 'unprotect', text: 'Unprotect', disabledBecause: undefined }
      : {
          dialog: 'protect',
          text: 'Protect',
          disabledBecause: branch.expires_at && 'It expires, and a protected branch never does',
        },
    {
      dialog: 'default',
      text: 'Set as default',
      disabledBecause: branch.default ? 'It is the default branch' : undefined,
    },
    { dialog: 'restore', text: 'Restore', isDangerous: true, disabledBecause: fixedData(branch) },
    {
      dialog: 'reset',
      text: 'Reset from parent',
      isDangerous: true,
      disabledBecause: hasParent ? fixedData(branch) : 'It has no parent',
    },
    { dialog: 'delete', text: 'Delete', isDangerous: true, disabledBecause: staysBecause(branch, children) },
  ]
}

/** Why a dialog's action cannot be done now; undefined: it can. */
export function refusalOf(
  dialog: BranchDialog,
  branch: ActionSubject,
  all: ActionSubject[],
): string | undefined {
  return branchActions(branch, all).find(action => action.dialog === dialog)?.disabledBecause
}

function failed({ current_state }: ActionSubject): string | undefined {
  return current_state === 'failed' ? 'Its data could not be made' : undefined
}

function notReady(branch: ActionSubject): string | undefined {
  return branch.current_state === 'ready' ? undefined : (failed(branch) ?? 'It is not ready yet')
}

function fixedData(branch: ActionSubject): string | undefined {
  return branch.protected ? 'It is protected: unprotect it first' : notReady(branch)
}

function expireText({ expires_at }: ActionSubject): string {
  return expires_at === undefined ? 'Set an expiry' : 'Change its expiry'
}

function neverExpires(branch: ActionSubject): string | undefined {
  if (branch.default) return 'The default branch never expires'
  return branch.protected ? 'A protected branch never expires' : undefined
}

const childrenNamed = 3

function staysBecause(branch: ActionSubject, children: ActionSubject[]): string | undefined {
  if (branch.protected) return 'It is protected: unprotect it first'
  if (branch.default) return 'It is the default branch: make another the default first'
  if (children.length === 0) return undefined
  const names = children.slice(0, childrenNamed).map(({ name }) => name)
  const more = children.length > childrenNamed ? ` and ${children.length - childrenNamed} more` : ''
  return `Branches depend on it: delete ${names.join(', ')}${more} first`
}
