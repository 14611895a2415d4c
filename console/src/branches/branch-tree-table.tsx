import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Branch, Endpoint } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { Table } from '../ui/table.tsx'
import { branchActions } from './branch-actions.ts'
import type { DataUsage } from './branch-queries.ts'
import { BranchRow } from './branch-row.tsx'
import { branchTree } from './branch-tree.ts'
import type { BranchDialog } from './branches-search.ts'

/** A page of thousands of rows is slow, and nobody reads it: the search finds the others. */
const rowsAtFirst = 300
/** Fewer are seen at a glance. */
const rowsToFold = 20
/** Ages are told anew so often: a row that changes each second is drawn each second. */
const ageStepMs = 5000

const columns = ['Branch', 'Branched off', 'Compute', 'Size', 'Created', 'Expires', null] as const

interface BranchTreeTableProps {
  branches: Branch[]
  endpoints: Endpoint[]
  /** Undefined: not known yet. */
  storage: DataUsage[] | undefined
  search: string
  open: (dialog: BranchDialog, branch: string) => void
}

export function BranchTreeTable({ branches, endpoints, storage, search, open }: BranchTreeTableProps) {
  const [isWhole, setWhole] = useState(false)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const fold = useCallback(
    (branchId: string, isFolded: boolean) =>
      setFolded(before => {
        const now = new Set(before)
        if (isFolded) now.add(branchId)
        else now.delete(branchId)
        return now
      }),
    [],
  )
  const latest = useRef({ branches, open })
  useEffect(() => {
    latest.current = { branches, open }
  })
  const entriesOf = useCallback(
    (branch: Branch) =>
      branchActions(branch, latest.current.branches).map(({ dialog, ...entry }) => ({
        ...entry,
        choose: () => latest.current.open(dialog, branch.id),
      })),
    [],
  )
  const rows = useMemo(() => branchTree(branches, search, folded), [branches, search, folded])
  const names = useMemo(() => new Map(branches.map(({ id, name }) => [id, name])), [branches])
  const computes = useMemo(
    () =>
      new Map(
        endpoints.filter(({ type }) => type === 'read_write').map(endpoint => [endpoint.branch_id, endpoint]),
      ),
    [endpoints],
  )
  const usages = useMemo(() => new Map(storage?.map(usage => [usage.id, usage])), [storage])
  if (rows.length === 0) return <p className="text-ink-soft">No branch has such a name or id.</p>
  const shown = isWhole ? rows : rows.slice(0, rowsAtFirst)
  const nowMs = Math.ceil(Date.now() / ageStepMs) * ageStepMs
  const parents = new Set(branches.flatMap(({ parent_id }) => parent_id ?? []))
  return (
    <>
      {branches.length > rowsToFold && search.trim() === '' && (
        <div className="flex flex-wrap items-center gap-2 text-ink-soft text-sm">
          {branches.length} branches
          <Button look="quiet" onClick={() => setFolded(parents)}>
            Fold all
          </Button>
          <Button look="quiet" onClick={() => setFolded(new Set())}>
            Unfold all
          </Button>
        </div>
      )}
      <Table label="Branches" columns={columns}>
        {shown.map(({ children, ...row }) => (
          <BranchRow
            key={row.branch.id}
            {...row}
            {...{ nowMs, entriesOf, fold }}
            childCount={children}
            isFolded={row.folded > 0}
            parent={row.branch.parent_id === undefined ? undefined : names.get(row.branch.parent_id)}
            endpoint={computes.get(row.branch.id)}
            usage={usages.get(row.branch.id)}
          />
        ))}
      </Table>
      {rows.length > shown.length && (
        <p className="flex flex-wrap items-center gap-3 text-ink-soft text-sm">
          {shown.length} of {rows.length} are shown. <Button onClick={() => setWhole(true)}>Show all</Button>
        </p>
      )}
    </>
  )
}
