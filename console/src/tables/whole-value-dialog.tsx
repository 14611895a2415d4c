import { useQuery } from '@tanstack/react-query'
import { ValueDialog } from '../grid/value-dialog.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { Browsing } from './browse-sql.ts'
import type { RowIdentity } from './row-identity.ts'
import { SqlProblem } from './sql-problem.tsx'
import type { TableColumn, TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import type { TablesPlace } from './tables-client.ts'
import { wholeValueQuery } from './tables-queries.ts'

interface WholeValueDialogProps {
  place: TablesPlace
  table: TableDetails
  identity: RowIdentity
  browsing: Browsing
  row: TableRow
  /** Of the row on its page, from 0. */
  index: number
  column: TableColumn
  onClose: () => void
}

/** A value that is only shown: fetched where the grid has but its beginning. */
export function WholeValueDialog(props: WholeValueDialogProps) {
  const { place, table, identity, browsing, row, index, column, onClose } = props
  const isCut = row.cut.has(column.name)
  const at = identity.kind === 'none' ? { at: { browsing, index } } : {}
  const whole = useQuery({
    ...wholeValueQuery(place, table, identity, { row, column, ...at }),
    enabled: isCut,
  })
  const value = isCut ? whole.data : (row.values.get(column.name) ?? null)
  if (value !== undefined) return <ValueDialog column={column} value={value} onClose={onClose} />
  return (
    <Dialog title={column.name} description={column.type} isOpen onClose={onClose} width="wide">
      {whole.isError ? <SqlProblem error={whole.error} /> : <Skeleton lines={3} />}
    </Dialog>
  )
}
