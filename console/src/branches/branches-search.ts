// What the address of the branches' page keeps: the search, and the dialog that is open, with its branch.

const branchDialogs = [
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
  /** Of `compare`: whom it is compared with, which database, and as of when; left out, as it is now. */
  base?: string
  db?: string
  at?: string
  base_at?: string
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function branchesSearch(search: Record<string, unknown>): BranchesSearch {
  const dialog = branchDialogs.find(one => one === search.dialog)
  const { base, db, branch } = search
  return {
    ...(typeof search.search === 'string' && search.search !== '' && { search: search.search }),
    ...(dialog && { dialog }),
    ...(dialog && typeof branch === 'string' && { branch }),
    ...(dialog === 'compare' && {
      ...(typeof base === 'string' && { base }),
      ...(typeof db === 'string' && { db }),
      ...(isTime(search.at) && { at: search.at }),
      ...(isTime(search.base_at) && { base_at: search.base_at }),
    }),
  }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
