import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Branch, Endpoint } from '../api/queries.ts'
import { ComputeState } from '../compute/compute-state.tsx'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'
import { timeText } from '../lib/local-time.ts'
import { classes } from '../ui/classes.ts'
import { Label } from '../ui/label.tsx'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { ActionsCell, Cell, Row } from '../ui/table.tsx'
import type { DataUsage } from './branch-queries.ts'
import type { TreeRow } from './branch-tree.ts'

/** Deeper ones stand no further to the right, so that names stay readable on a telephone. */
const deepestIndent = 6

interface BranchRowProps extends Omit<TreeRow<Branch>, 'children'> {
  childCount: number
  isFolded: boolean
  parent: string | undefined
  endpoint: Endpoint | undefined
  usage: DataUsage | undefined
  nowMs: number
  entriesOf: (branch: Branch) => MenuEntry[]
  fold: (branchId: string, isFolded: boolean) => void
}

/** There may be hundreds: one is drawn anew only where something of it has changed. */
export const BranchRow = memo(function BranchRow(props: BranchRowProps) {
  const { branch, parent, endpoint, usage, nowMs, entriesOf } = props
  return (
    <Row>
      <Cell>
        <BranchName {...props} />
      </Cell>
      <Cell>
        <BranchPoint branch={branch} parent={parent} />
      </Cell>
      <Cell>{endpoint ? <ComputeState endpoint={endpoint} nowMs={nowMs} /> : 'none'}</Cell>
      <Cell>
        <BranchSize usage={usage} />
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
        <Menu label={`Actions of ${branch.name}`} entries={() => entriesOf(branch)} />
      </ActionsCell>
    </Row>
  )
})

function BranchName(props: BranchRowProps) {
  const { branch, parent, depth, isMatch, childCount, isFolded, folded, fold } = props
  return (
    <div
      className="flex min-w-44 items-baseline gap-1.5"
      style={{ paddingInlineStart: `${Math.min(depth, deepestIndent) * 1.1}rem` }}
    >
      {childCount > 0 ? (
        <button
          type="button"
          aria-expanded={!isFolded}
          aria-label={`Branches of ${branch.name}`}
          onClick={() => fold(branch.id, !isFolded)}
          className="w-5 shrink-0 rounded text-ink-soft hover:bg-sunken"
        >
          {isFolded ? '▸' : '▾'}
        </button>
      ) : (
        <span aria-hidden="true" className="w-5 shrink-0 text-center text-ink-soft">
          {depth > 0 && '└'}
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
        {isFolded && <Label text={`${folded} below`} />}
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
