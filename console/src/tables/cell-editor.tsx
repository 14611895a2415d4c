import { useQuery } from '@tanstack/react-query'
import { Popover } from 'radix-ui'
import { type KeyboardEvent, type RefObject, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { editorKind } from './column-kinds.ts'
import type { RowIdentity } from './row-identity.ts'
import { SqlProblem } from './sql-problem.tsx'
import type { TableColumn, TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import type { TablesPlace } from './tables-client.ts'
import { wholeValueQuery } from './tables-queries.ts'
import { ValueField } from './value-field.tsx'
import { valueProblem } from './value-problem.ts'
import { type NewValue, newValue, withLineEndsOf } from './value-sql.ts'

export interface EditedCell {
  row: TableRow
  column: TableColumn
  /** What is pending already. */
  pending: NewValue | undefined
  /** The key that opened it, in place of what was there. */
  typed: string | undefined
}

interface CellEditorProps {
  place: TablesPlace
  table: TableDetails
  identity: RowIdentity
  edited: EditedCell
  /** The cell, as it lies on the page. */
  anchor: RefObject<Element>
  /** `old` is the whole value. */
  onKeep: (old: string | null, next: NewValue) => void
  onClose: () => void
}

/** Beside the cell that is changed. A click elsewhere keeps what was typed, Escape leaves it. */
export function CellEditor(props: CellEditorProps) {
  const { place, table, identity, edited } = props
  const { row, column } = edited
  const isCut = row.cut.has(column.name)
  const whole = useQuery({ ...wholeValueQuery(place, table, identity, { row, column }), enabled: isCut })
  const old = isCut ? whole.data : (row.values.get(column.name) ?? null)
  return (
    <Popover.Root open onOpenChange={open => !open && props.onClose()}>
      <Popover.Anchor virtualRef={props.anchor} />
      <Popover.Portal>
        {old === undefined ? (
          <Popover.Content className={look} aria-label={`Change ${column.name}`} collisionPadding={8}>
            {whole.isError ? <SqlProblem error={whole.error} /> : <Skeleton lines={2} />}
          </Popover.Content>
        ) : (
          <Editor {...props} old={old} />
        )}
      </Popover.Portal>
    </Popover.Root>
  )
}

const look =
  'z-50 w-[min(26rem,calc(100vw-1rem))] rounded-lg border border-line bg-raised p-3 text-sm shadow-xl outline-none'

function Editor({ edited, old, onKeep, onClose }: CellEditorProps & { old: string | null }) {
  const { column, pending, typed } = edited
  const first = typed === undefined ? (pending ?? newValue(old)) : newValue(typed)
  const [value, setValue] = useState<NewValue>(first)
  const [isLarge, setLarge] = useState(false)
  const shownFirst = first.kind === 'value' ? first.text : null
  const kind = isLarge ? 'large' : editorKind(column, shownFirst)
  const problem = valueProblem(column, value)
  const keep = () => {
    if (problem !== undefined) return
    onKeep(old, withLineEndsOf(old, value))
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // In a large field it begins a new line.
    const keeps = event.key === 'Enter' && (kind !== 'large' || event.ctrlKey || event.metaKey)
    if (!keeps || event.nativeEvent.isComposing) return
    event.preventDefault()
    keep()
  }
  return (
    <Popover.Content
      aria-label={`Change ${column.name}`}
      align="start"
      sideOffset={2}
      collisionPadding={8}
      className={look}
      onInteractOutside={event => {
        if (problem === undefined) keep()
        else event.preventDefault()
      }}
      // The grid takes the keyboard back by itself.
      onCloseAutoFocus={event => event.preventDefault()}
    >
      <div className="space-y-2">
        <ValueField
          label={column.name}
          column={column}
          kind={kind}
          value={value}
          onChange={setValue}
          defaultText={column.defaultSql === null ? 'DEFAULT' : `DEFAULT: ${column.defaultSql}`}
          canDefault={column.defaultSql !== null || column.identity !== ''}
          isFocused
          onKeyDown={onKeyDown}
        />
        <div className="flex flex-wrap items-center gap-2">
          <Button look="main" disabledBecause={problem} onClick={keep}>
            Keep
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          {pending && (
            <Button
              look="quiet"
              onClick={() => {
                onKeep(old, newValue(old))
                onClose()
              }}
            >
              As it was
            </Button>
          )}
          {kind === 'line' && (
            <Button look="quiet" onClick={() => setLarge(true)}>
              Larger
            </Button>
          )}
          <span className="text-ink-soft text-xs">
            {kind === 'large' ? 'Ctrl+Enter keeps' : 'Enter keeps'}, Esc cancels
          </span>
        </div>
      </div>
    </Popover.Content>
  )
}
