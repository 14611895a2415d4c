import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Branch, Endpoint } from '../api/queries.ts'
import { ComputeState } from '../compute/compute-state.tsx'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'
import { timeText } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Label } from '../ui/label.tsx'
import { Menu } from '../ui/menu.tsx'
import { ActionsCell, Cell, Row, Table } from '../ui/table.tsx'
import { branchActions } from './branch-actions.ts'
import type { DataUsage } from './branch-queries.ts'
import { branchTree, type TreeRow } from './branch-tree.ts'
import type { BranchDialog } from './branches-search.ts'

/** A page of thousands of rows is slow, and nobody reads it: the search finds the others. */
const rowsAtFirst = 300
/** Deeper ones stand no further to the right, so that names stay readable on a telephone. */
const deepestIndent = 6

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
  const rows = branchTree(branches, search)
  if (rows.length === 0) return <p className="text-ink-soft">No branch has such a name or id.</p>
  const shown = isWhole ? rows : rows.slice(0, rowsAtFirst)
  const names = new Map(branches.map(({ id, name }) => [id, name]))
  const computes = new Map(
    endpoints.filter(({ type }) => type === 'read_write').map(endpoint => [endpoint.branch_id, endpoint]),
  )
  const usages = new Map(storage?.map(usage => [usage.id, usage]))
  const nowMs = Date.now()
  return (
    <>
      <Table label="Branches" columns={columns}>
        {shown.map(row => {
          const { branch } = row
          const endpoint = computes.get(branch.id)
          return (
            <Row key={branch.id}>
              <Cell>
                <BranchName row={row} parent={branch.parent_id && names.get(branch.parent_id)} />
              </Cell>
              <Cell>
                <BranchPoint branch={branch} parent={branch.parent_id && names.get(branch.parent_id)} />
              </Cell>
              <Cell>{endpoint ? <ComputeState endpoint={endpoint} nowMs={nowMs} /> : 'none'}</Cell>
              <Cell>
                <BranchSize usage={usages.get(branch.id)} />
              </Cell>
              <Cell>
                <time dateTime={branch.created_at} title={timeText(Date.parse(branch.created_at))}>
                  {ageText(branch.created_at, nowMs)}
                </time>
              </Cell>
              <Cell>
                {branch.expires_at === undefined ? (
                  'never'
                ) : (
                  <time dateTime={branch.expires_at} title={timeText(Date.parse(branch.expires_at))}>
                    {ageText(branch.expires_at, nowMs)}
                  </time>
                )}
              </Cell>
              <ActionsCell>
                <Menu
                  label={`Actions of ${branch.name}`}
                  entries={() =>
                    branchActions(branch, branches).map(({ dialog, ...entry }) => ({
                      ...entry,
                      choose: () => open(dialog, branch.id),
                    }))
                  }
                />
              </ActionsCell>
            </Row>
          )
        })}
      </Table>
      {rows.length > shown.length && (
        <p className="flex flex-wrap items-center gap-3 text-ink-soft text-sm">
          {shown.length} of {rows.length} are shown. <Button onClick={() => setWhole(true)}>Show all</Button>
        </p>
      )}
    </>
  )
}

function BranchName({ row, parent }: { row: TreeRow<Branch>; parent: string | undefined }) {
  const { branch, depth, isMatch } = row
  return (
    <div
      className="flex items-baseline gap-1.5"
      style={{ paddingInlineStart: `${Math.min(depth, deepestIndent) * 1.1}rem` }}
    >
      {depth > 0 && (
        <span aria-hidden="true" className="text-ink-soft">
          └
        </span>
      )}
      <div>
        <Link
          to="/projects/$projectId/branches/$branchId"
          params={{ projectId: branch.project_id, branchId: branch.id }}
          className={classes('break-all', isMatch ? 'font-medium text-link' : 'text-ink-soft')}
        >
          {branch.name}
        </Link>
        {parent !== undefined && <span className="sr-only">, child of {parent}</span>}{' '}
        {branch.default && <Label text="default" />} {branch.protected && <Label text="protected" />}{' '}
        {branch.current_state !== 'ready' && (
          <Label text={branch.current_state === 'init' ? 'in the making' : branch.current_state} />
        )}
        {branch.init_source === 'schema-only' && <Label text="schema only" />}
        <div className="text-ink-soft text-xs">{branch.id}</div>
      </div>
    </div>
  )
}

function BranchPoint({ branch, parent }: { branch: Branch; parent: string | undefined }) {
  if (branch.parent_id === undefined) return <span className="text-ink-soft">a root</span>
  return (
    <>
      <div className="break-all">{parent ?? 'a deleted branch'}</div>
      <div className="whitespace-nowrap text-ink-soft text-xs">
        {branch.parent_timestamp !== undefined && (
          <time dateTime={branch.parent_timestamp}>{timeText(Date.parse(branch.parent_timestamp))}</time>
        )}
        {branch.parent_lsn !== undefined && (
          <div>
            LSN <code>{branch.parent_lsn}</code>
          </div>
        )}
      </div>
    </>
  )
}

/** `bytes` counts what is shared with others as well. */
function BranchSize({ usage }: { usage: DataUsage | undefined }) {
  if (!usage) return '–'
  const sharedBytes = Math.max(0, usage.bytes - usage.exclusive_bytes)
  return (
    <div className="whitespace-nowrap">
      {bytesText(usage.exclusive_bytes)} <span className="text-ink-soft text-xs">alone</span>
      <div className="text-ink-soft text-xs">
        {bytesText(sharedBytes)} shared
        {usage.history_bytes > 0 && <>, {bytesText(usage.history_bytes)} history</>}
      </div>
    </div>
  )
}
