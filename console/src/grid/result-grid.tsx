// Rows of a result, of which only those in sight are in the page: as quick with 100,000 as with ten.

import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { classes } from '../ui/classes.ts'
import { clipboardText, type GridRow, isNumeric } from './cell-text.ts'
import { ColumnHeader } from './column-header.tsx'
import { columnWidths, minimumWidth } from './column-widths.ts'
import { GridCell } from './grid-cell.tsx'
import { ariaColumnHeader, ariaGrid, ariaRow, ariaRowGroup, ariaRowHeader } from './roles.ts'
import { at, type Cell, isInside, rectangleOf, type Selection, selectionAfter, within } from './selection.ts'
import { ValueDialog } from './value-dialog.tsx'

export interface GridColumn {
  name: string
  type: string
}

export interface ResultGridProps {
  label: string
  columns: readonly GridColumn[]
  rows: readonly GridRow[]
  /** It is as high as its rows, up to this. */
  className?: string
  /** Something in place of a value: an editor. Undefined: the value. */
  renderCell?: (cell: Cell) => ReactNode | undefined
  /** Classes of a cell that is more than its value: changed, about to be deleted. */
  cellLook?: (cell: Cell) => string | undefined
  /** What stands at a row's beginning, this wide; else its number. */
  rowHeader?: (row: number) => ReactNode
  rowHeaderWidth?: number
  /** In place of a column's name and type: a button to sort by. */
  columnTitle?: (column: number) => ReactNode
  columnSort?: (column: number) => 'ascending' | 'descending' | undefined
  /** Enter, F2 and a double click. Without it they show the value whole. */
  onOpen?: (cell: Cell) => void
  /** Asked before the grid takes a key: true, and the grid leaves it. */
  onKey?: (event: KeyboardEvent, selection: Selection) => boolean
  onSelect?: (selection: Selection) => void
  /** To give the keyboard back to it once an editor is done. */
  gridRef?: RefObject<HTMLDivElement | null>
}

const rowHeight = 30
const headerHeight = 46
const numbersWidth = 64

/**
 * The keyboard moves through its cells as through a spreadsheet's, and copies what is selected. A result of another
 * statement needs another `key`.
 */
export function ResultGrid(props: ResultGridProps) {
  const { label, columns, rows, className = 'max-h-[60dvh]', rowHeaderWidth = numbersWidth } = props
  const id = useId()
  const own = useRef<HTMLDivElement>(null)
  const element = props.gridRef ?? own
  const [chosen, setSelection] = useState<Selection>(at({ row: 0, column: 0 }))
  const selection = within(chosen, rows.length, columns.length)
  const [opened, setOpened] = useState<Cell>()
  const { widths, resize, isMeasured } = useWidths(columns, rows)

  const down = useVirtualizer({
    ...{ count: rows.length, getScrollElement: () => element.current, estimateSize: () => rowHeight },
    ...{ overscan: 8, scrollPaddingStart: headerHeight, paddingStart: headerHeight, useFlushSync: false },
  })
  const across = useVirtualizer({
    ...{ horizontal: true, count: columns.length, getScrollElement: () => element.current },
    ...{ estimateSize: index => widths[index] ?? minimumWidth, overscan: 4, useFlushSync: false },
    ...{ scrollPaddingStart: rowHeaderWidth, paddingStart: rowHeaderWidth },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are what estimateSize answers
  useEffect(() => across.measure(), [widths, isMeasured, rowHeaderWidth])

  const shownRows = down.getVirtualItems()
  const shownColumns = across.getVirtualItems()
  const selected = rectangleOf(selection)
  const { active } = selection
  const isActiveShown =
    shownRows.some(({ index }) => index === active.row) &&
    shownColumns.some(({ index }) => index === active.column)

  const select = (next: Selection) => {
    setSelection(next)
    props.onSelect?.(next)
    if (next.active.row !== active.row) down.scrollToIndex(next.active.row)
    if (next.active.column !== active.column) across.scrollToIndex(next.active.column)
  }
  const open = (cell: Cell) => (props.onOpen ?? setOpened)(cell)

  const onKeyDown = (event: KeyboardEvent) => {
    // What stands in a cell has its own keys.
    if (event.target !== event.currentTarget || rows.length === 0) return
    if (props.onKey?.(event, selection)) return
    if (event.key === 'Enter' || event.key === 'F2') {
      event.preventDefault()
      open(active)
      return
    }
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault()
      resize(active.column, (widths[active.column] ?? minimumWidth) + (event.key === 'ArrowLeft' ? -16 : 16))
      return
    }
    const pageRows = Math.max(
      1,
      Math.floor(((element.current?.clientHeight ?? 0) - headerHeight) / rowHeight) - 1,
    )
    const next = selectionAfter(event, selection, { rows: rows.length, columns: columns.length, pageRows })
    if (!next) return
    event.preventDefault()
    select(next)
  }
  const onPointer = (event: PointerEvent) => {
    const cell = cellOf(event.target)
    if (!cell || (event.type === 'pointerdown' ? event.button !== 0 : (event.buttons & 1) === 0)) return
    const extends_ = event.type === 'pointermove' || event.shiftKey
    const next = extends_ ? { anchor: selection.anchor, active: cell } : at(cell)
    setSelection(next)
    props.onSelect?.(next)
  }
  const onDoubleClick = (event: MouseEvent) => {
    const cell = cellOf(event.target)
    if (cell) open(cell)
  }
  const onCopy = (event: ClipboardEvent) => {
    if (event.target !== event.currentTarget || rows.length === 0) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', clipboardText(rows, selected))
  }

  return (
    <>
      <div
        ref={element}
        {...ariaGrid({
          ...{ label, rows: rows.length, columns: columns.length },
          active: isActiveShown ? `${id}-${active.row}-${active.column}` : undefined,
        })}
        {...{ onKeyDown, onCopy }}
        className={classes(
          'group relative overflow-auto rounded-lg border border-line bg-raised font-mono text-[13px] [font-variant-ligatures:none] focus-visible:outline-offset-0',
          className,
        )}
      >
        <div
          {...ariaRowGroup}
          className="sticky top-0 z-20 border-line border-b bg-sunken"
          style={{ width: across.getTotalSize(), minWidth: '100%', height: headerHeight }}
        >
          <div {...ariaRow(-1)}>
            <span
              {...ariaColumnHeader(-1)}
              className="sticky left-0 z-10 block bg-sunken"
              style={{ width: rowHeaderWidth, height: headerHeight - 1 }}
            >
              <span className="sr-only">Row</span>
            </span>
            {shownColumns.map(({ index, start, size }) => (
              <ColumnHeader
                key={index}
                column={columns[index]!}
                index={index}
                left={start}
                width={size}
                title={props.columnTitle?.(index)}
                sort={props.columnSort?.(index)}
                onResize={width => resize(index, width)}
              />
            ))}
          </div>
        </div>
        <div
          {...ariaRowGroup}
          {...{ onPointerDown: onPointer, onPointerMove: onPointer, onDoubleClick }}
          className="relative"
          style={{ width: across.getTotalSize(), height: down.getTotalSize() - headerHeight }}
        >
          {shownRows.map(({ index: row, start }) => (
            <div
              key={row}
              {...ariaRow(row)}
              className="absolute top-0 left-0 w-full border-line/60 border-b"
              style={{ height: rowHeight, transform: `translateY(${start - headerHeight}px)` }}
            >
              <span
                {...ariaRowHeader}
                className="sticky left-0 z-10 flex items-center justify-end border-line border-r bg-sunken px-2 text-ink-soft text-xs"
                style={{ width: rowHeaderWidth, height: rowHeight - 1 }}
              >
                {props.rowHeader ? props.rowHeader(row) : (row + 1).toLocaleString('en')}
              </span>
              {shownColumns.map(({ index: column, start: left, size: width }) => (
                <GridCell
                  key={column}
                  id={`${id}-${row}-${column}`}
                  {...{ row, column, left, width }}
                  value={rows[row]?.[column]}
                  isNumeric={isNumeric(columns[column]?.type ?? '')}
                  isActive={row === active.row && column === active.column}
                  isSelected={isInside(selected, { row, column })}
                  look={props.cellLook?.({ row, column })}
                >
                  {props.renderCell?.({ row, column })}
                </GridCell>
              ))}
            </div>
          ))}
        </div>
      </div>
      {opened && columns[opened.column] && (
        <ValueDialog
          column={columns[opened.column]!}
          value={rows[opened.row]?.[opened.column] ?? null}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  )
}

/** What the columns need by themselves, and what somebody has made of it. */
function useWidths(columns: readonly GridColumn[], rows: readonly GridRow[]) {
  const [chosen, setChosen] = useState<Record<number, number>>({})
  // Once there is a row to go by; columns that move while rows come in are of no use to anybody.
  const isMeasured = rows.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first rows are enough
  const fitting = useMemo(() => columnWidths(columns, rows), [columns, isMeasured])
  const widths = useMemo(() => fitting.map((width, index) => chosen[index] ?? width), [fitting, chosen])
  const resize = (column: number, width: number) =>
    setChosen(now => ({ ...now, [column]: Math.max(minimumWidth, Math.round(width)) }))
  return { widths, resize, isMeasured }
}

/** Undefined: it is none, or something in a cell that has a life of its own. */
function cellOf(target: EventTarget): Cell | undefined {
  if (!(target instanceof Element) || target.closest('a, button, input, select, textarea')) return undefined
  const cell = target.closest<HTMLElement>('[data-row][data-column]')
  return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : undefined
}
