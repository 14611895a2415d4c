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
  /** Those directly below it. */
  children: number
  /** All below it, where they are folded away. */
  folded: number
}

/**
 * The default branch's family comes first, then by name. One whose parent is not among them, such as a deleted one, is a
 * root. With a search those stay whose name or id has it, and who leads to them; nothing is folded away then. `folded` are
 * the ids of those whose children are not shown.
 */
export function branchTree<B extends Kin>(
  branches: B[],
  search = '',
  folded: ReadonlySet<string> = new Set(),
): TreeRow<B>[] {
  const byId = new Map(branches.map(branch => [branch.id, branch]))
  const parentOf = ({ parent_id }: B) => (parent_id === undefined ? undefined : byId.get(parent_id))
  const wanted = search.trim().toLowerCase()
  const matches = branches.filter(
    ({ name, id }) => name.toLowerCase().includes(wanted) || id.toLowerCase().includes(wanted),
  )
  const shown = new Set<B>()
  for (const match of matches) {
    for (let at: B | undefined = match; at && !shown.has(at); at = parentOf(at)) shown.add(at)
  }
  const children = new Map<B | undefined, B[]>()
  const leading = new Set<B>()
  for (let at = branches.find(one => one.default); at && !leading.has(at); at = parentOf(at)) leading.add(at)
  const order = (a: B, b: B) =>
    Number(leading.has(b)) - Number(leading.has(a)) || a.name.localeCompare(b.name)
  for (const branch of [...shown].sort(order)) {
    const parent = parentOf(branch)
    const siblings = children.get(parent)
    if (siblings) siblings.push(branch)
    else children.set(parent, [branch])
  }
  // Restores make long chains: no recursion.
  const isMatch = new Set(matches)
  const rows: TreeRow<B>[] = []
  const waiting = [...(children.get(undefined) ?? [])].reverse().map(branch => ({ branch, depth: 0 }))
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { branch, depth } = next
    const below = children.get(branch) ?? []
    const isFolded = wanted === '' && below.length > 0 && folded.has(branch.id)
    rows.push({
      ...{ branch, depth, isMatch: isMatch.has(branch), children: below.length },
      folded: isFolded ? countBelow(branch, children) : 0,
    })
    if (isFolded) continue
    for (const child of [...below].reverse()) waiting.push({ branch: child, depth: depth + 1 })
  }
  return rows
}

function countBelow<B>(branch: B, children: ReadonlyMap<B | undefined, B[]>): number {
  let count = 0
  const waiting = [branch]
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const below = children.get(at) ?? []
    count += below.length
    waiting.push(...below)
  }
  return count
}
