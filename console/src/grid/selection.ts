// Which cells of a grid are selected: a rectangle from where it was begun to where the keyboard is.

export interface Cell {
  row: number
  column: number
}

export interface Selection {
  /** Where the keyboard is. */
  active: Cell
  /** The opposite corner. */
  anchor: Cell
}

export interface GridSize {
  rows: number
  columns: number
  /** Rows that Page Up and Page Down go. */
  pageRows: number
}

/** Both ends are inside. */
export interface Rectangle {
  top: number
  bottom: number
  left: number
  right: number
}

export const at = (active: Cell): Selection => ({ active, anchor: active })

export function rectangleOf({ active, anchor }: Selection): Rectangle {
  return {
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  }
}

export const isInside = ({ top, bottom, left, right }: Rectangle, { row, column }: Cell): boolean =>
  row >= top && row <= bottom && column >= left && column <= right

/** The same where there are fewer rows than when it was made. */
export function within({ active, anchor }: Selection, rows: number, columns: number): Selection {
  const inside = ({ row, column }: Cell): Cell => ({
    row: Math.max(0, Math.min(row, rows - 1)),
    column: Math.max(0, Math.min(column, columns - 1)),
  })
  return { active: inside(active), anchor: inside(anchor) }
}

interface Pressed {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/** What a key makes of it, as in a spreadsheet; undefined: it is no key of the grid's. */
export function selectionAfter(
  pressed: Pressed,
  selection: Selection,
  size: GridSize,
): Selection | undefined {
  if (pressed.altKey || size.rows === 0 || size.columns === 0) return undefined
  const isFar = pressed.ctrlKey || pressed.metaKey
  const end: Cell = { row: size.rows - 1, column: size.columns - 1 }
  if (isFar && pressed.key.toLowerCase() === 'a') return { anchor: { row: 0, column: 0 }, active: end }
  if (pressed.shiftKey && pressed.key === ' ') {
    const { row } = selection.active
    return { anchor: { row, column: 0 }, active: { row, column: end.column } }
  }
  const moved = cellAfter(pressed.key, isFar, selection.active, size)
  if (!moved) return undefined
  const active = {
    row: Math.min(end.row, Math.max(0, moved.row)),
    column: Math.min(end.column, Math.max(0, moved.column)),
  }
  return pressed.shiftKey ? { anchor: selection.anchor, active } : at(active)
}

function cellAfter(
  key: string,
  isFar: boolean,
  { row, column }: Cell,
  { rows, columns, pageRows }: GridSize,
): Cell | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: isFar ? 0 : row - 1, column }
    case 'ArrowDown':
      return { row: isFar ? rows - 1 : row + 1, column }
    case 'ArrowLeft':
      return { row, column: isFar ? 0 : column - 1 }
    case 'ArrowRight':
      return { row, column: isFar ? columns - 1 : column + 1 }
    case 'PageUp':
      return { row: row - pageRows, column }
    case 'PageDown':
      return { row: row + pageRows, column }
    case 'Home':
      return { row: isFar ? 0 : row, column: 0 }
    case 'End':
      return { row: isFar ? rows - 1 : row, column: columns - 1 }
  }
  return undefined
}
