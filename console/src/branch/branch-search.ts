// What the address of a branch's page keeps: the tab, and the dialog that is open, with what it is about.

export const branchTabs = [
  ['computes', 'Computes'],
  ['contents', 'Roles & Databases'],
  ['children', 'Children'],
  ['snapshots', 'Snapshots'],
] as const

export type BranchTab = (typeof branchTabs)[number][0]

const dialogs = [
  'add-compute',
  'edit-compute',
  'delete-compute',
  'add-role',
  'role-password',
  'reset-password',
  'delete-role',
  'add-database',
  'edit-database',
  'delete-database',
  'add-snapshot',
  'edit-snapshot',
  'restore-snapshot',
  'delete-snapshot',
  'schedule',
] as const

export type BranchPageDialog = (typeof dialogs)[number]

export interface BranchPageSearch {
  tab?: BranchTab
  dialog?: BranchPageDialog
  /** The compute, role, database or snapshot that the dialog is about. */
  item?: string
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function branchPageSearch(search: Record<string, unknown>): BranchPageSearch {
  const tab = branchTabs.find(([id]) => id === search.tab)?.[0]
  const dialog = dialogs.find(one => one === search.dialog)
  return {
    ...(tab && tab !== 'computes' && { tab }),
    ...(dialog && { dialog }),
    // The router reads a name of digits as a number.
    ...(dialog && search.item !== undefined && { item: String(search.item) }),
  }
}
