// The parts of an ARIA grid. They are spread over elements that lie where they are put: only what is in sight is in the
// page, which a `table` would not bear.

interface GridAria {
  label: string
  rows: number
  columns: number
  /** The id of the cell where the keyboard is, if it is in the page. */
  active: string | undefined
}

/** The keyboard stays with the grid itself, for its cells come and go. */
export const ariaGrid = ({ label, rows, columns, active }: GridAria) => ({
  role: 'grid',
  tabIndex: 0,
  'aria-label': label,
  // With the header's row and the rows' numbers.
  'aria-rowcount': rows + 1,
  'aria-colcount': columns + 1,
  'aria-multiselectable': true,
  'aria-activedescendant': active,
})

export const ariaRowGroup = { role: 'rowgroup' } as const

/** `row` counts from 0; the header's is -1. */
export const ariaRow = (row: number) => ({ role: 'row', 'aria-rowindex': row + 2 })

export const ariaRowHeader = { role: 'rowheader', 'aria-colindex': 1 } as const

/** `column` counts from 0; that of the rows' numbers is -1. */
export const ariaColumnHeader = (column: number, sort?: 'ascending' | 'descending') => ({
  role: 'columnheader',
  'aria-colindex': column + 2,
  'aria-sort': sort,
})

export const ariaCell = (column: number, isSelected: boolean) => ({
  role: 'gridcell',
  'aria-colindex': column + 2,
  'aria-selected': isSelected,
})
