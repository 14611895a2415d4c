// Branches in the order of their family: each below its parent, and how deep.

interface Kin {
  id: string
  name: string
  parent_id?: string | undefined
  default: boolean
}

export interface TreeRow<B extends Kin> {
  branch: B
  depth: number
  /** False: it is shown because one below it is what was searched for. */
  isMatch: boolean
}

/**
 * The default branch's family comes first, then by name. One whose parent is not among them, such as a deleted one, is a
 * root. With a search those stay whose name or id has it, and who leads to them.
 */
export function branchTree<B extends Kin>(branches: B[], search = ''): TreeRow<B>[] {
  const known = new Set(branches.map(({ id }) => id))
  const children = new Map<string | undefined, B[]>()
  for (const branch of [...branches].sort(order)) {
    const parent =
      branch.parent_id !== undefined && known.has(branch.parent_id) ? branch.parent_id : undefined
    children.set(parent, [...(children.get(parent) ?? []), branch])
  }
  const wanted = search.trim().toLowerCase()
  const family = (parent: string | undefined, depth: number): TreeRow<B>[] =>
    (children.get(parent) ?? []).flatMap(branch => {
      const isMatch = branch.name.toLowerCase().includes(wanted) || branch.id.toLowerCase().includes(wanted)
      const below = family(branch.id, depth + 1)
      return isMatch || below.length > 0 ? [{ branch, depth, isMatch }, ...below] : []
    })
  return family(undefined, 0)
}

function order(a: Kin, b: Kin): number {
  return Number(b.default) - Number(a.default) || a.name.localeCompare(b.name)
}
