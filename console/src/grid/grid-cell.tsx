import { memo, type ReactNode } from 'react'
import { classes } from '../ui/classes.ts'
import { cellText } from './cell-text.ts'
import { ariaCell } from './roles.ts'

interface GridCellProps {
  id: string
  row: number
  column: number
  left: number
  width: number
  /** Undefined: it is not there yet. */
  value: string | null | undefined
  isNumeric: boolean
  isActive: boolean
  isSelected: boolean
  look: string | undefined
  /** In place of the value. */
  children: ReactNode
}

export const GridCell = memo(function GridCell(props: GridCellProps) {
  const { id, row, column, left, width, value, isNumeric, isActive, isSelected, look, children } = props
  return (
    <div
      id={id}
      {...ariaCell(column, isSelected)}
      data-row={row}
      data-column={column}
      className={classes(
        'absolute top-0 h-[29px] cursor-default select-none truncate border-line/60 border-r px-2 leading-[29px]',
        isNumeric && 'text-right',
        isSelected && 'bg-flame/12',
        isActive &&
          'outline-1 outline-flame -outline-offset-1 group-focus:outline-2 group-focus:-outline-offset-2',
        look,
      )}
      style={{ left, width }}
    >
      {children ?? <Value value={value} />}
    </div>
  )
})

/** NULL can be told from an empty text, and from the text "NULL". */
function Value({ value }: { value: string | null | undefined }) {
  if (value === undefined) return null
  if (value === null) return <span className="text-ink-soft text-xs italic">NULL</span>
  return cellText(value)
}
