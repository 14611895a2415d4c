// What the address of the branches' page keeps: the search, and the dialog that is open, with its branch.

export const branchDialogs = [
  'create',
  'restore',
  'reset',
  'rename',
  'expire',
  'protect',
  'unprotect',
  'default',
  'delete',
  'compare',
] as const

export type BranchDialog = (typeof branchDialogs)[number]

export interface BranchesSearch {
  search?: string
  dialog?: BranchDialog
  /** Whom the dialog is about; of `create` the parent. */
  branch?: string
  /** Of `compare`: whom it is compared with, and which database. */
  base?: string
  db?: string
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function branchesSearch(search: Record<string, unknown>): BranchesSearch {
  const dialog = branchDialogs.find(one => one === search.dialog)
  return {
    ...(typeof search.search === 'string' && search.search !== '' && { search: search.search }),
    ...(dialog && { dialog }),
    ...(dialog && typeof search.branch === 'string' && { branch: search.branch }),
    ...(dialog === 'compare' && typeof search.base === 'string' && { base: search.base }),
    ...(dialog === 'compare' && typeof search.db === 'string' && { db: search.db }),
  }
}
