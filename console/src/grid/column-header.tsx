import type { PointerEvent, ReactNode } from 'react'
import { ariaColumnHeader } from './roles.ts'

interface ColumnHeaderProps {
  column: { name: string; type: string }
  index: number
  left: number
  width: number
  /** In place of name and type. */
  title: ReactNode
  sort: 'ascending' | 'descending' | undefined
  onResize: (width: number) => void
}

export function ColumnHeader({ column, index, left, width, title, sort, onResize }: ColumnHeaderProps) {
  return (
    <div
      {...ariaColumnHeader(index, sort)}
      title={`${column.name} ${column.type}`}
      className="absolute top-0 flex h-[45px] flex-col justify-center border-line border-r px-2 leading-tight"
      style={{ left, width }}
    >
      {title ?? (
        <>
          <span className="truncate font-semibold">{column.name}</span>
          <span className="truncate text-[11px] text-ink-soft">{column.type}</span>
        </>
      )}
      <span
        aria-hidden="true"
        className="absolute top-0 -right-1 z-10 h-full w-2 cursor-col-resize touch-none hover:bg-flame/40"
        onPointerDown={event => drag(event, width, onResize)}
      />
    </div>
  )
}

/** The keyboard has Alt and the arrows for it. */
function drag(event: PointerEvent<HTMLElement>, width: number, onResize: (width: number) => void): void {
  const handle = event.currentTarget
  const startX = event.clientX
  event.preventDefault()
  handle.setPointerCapture(event.pointerId)
  handle.onpointermove = moved => onResize(width + moved.clientX - startX)
  handle.onlostpointercapture = () => {
    handle.onpointermove = null
  }
}
