import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import type { NewRow } from './change-sql.ts'
import { editorKind, isMadeByPostgres } from './column-kinds.ts'
import type { TableColumn, TableDetails } from './table-details.ts'
import { ValueField } from './value-field.tsx'
import { valueProblem } from './value-problem.ts'
import type { NewValue } from './value-sql.ts'

interface RowFormDialogProps {
  table: TableDetails
  /** Undefined: the dialog is closed. */
  row: NewRow | undefined
  onKeep: (row: NewRow) => void
  /** Undefined: it is not there yet. */
  onRemove: (() => void) | undefined
  onClose: () => void
}

/** A new row. What is left alone is what the table says of it. */
export function RowFormDialog({ row, onClose, ...rest }: RowFormDialogProps) {
  return (
    <Dialog
      title="New row"
      description="Nothing is written before you save it."
      isOpen={row !== undefined}
      onClose={onClose}
    >
      {row && <RowForm {...rest} row={row} onClose={onClose} />}
    </Dialog>
  )
}

function RowForm({ table, row, onKeep, onRemove, onClose }: RowFormDialogProps & { row: NewRow }) {
  const [values, setValues] = useState<NewRow>(row)
  const columns = table.columns.filter(column => column.canInsert || isMadeByPostgres(column))
  const valueIn = (column: TableColumn): NewValue => values.get(column.name) ?? { kind: 'default' }
  const wrong = columns.find(column => valueProblem(column, valueIn(column)) !== undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrong) return
    onKeep(values)
    onClose()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {columns.map(column =>
        isMadeByPostgres(column) ? (
          <p key={column.name} className="text-sm">
            <span className="font-medium">{column.name}</span>{' '}
            <span className="text-ink-soft text-xs">
              {column.type}: Postgres makes it{column.generated !== '' && `, ${column.defaultSql}`}
            </span>
          </p>
        ) : (
          <ValueField
            key={column.name}
            label={column.name}
            note={isNeeded(column) ? `${column.type}, needed` : column.type}
            column={column}
            kind={editorKind(column, null)}
            value={valueIn(column)}
            onChange={value => setValues(now => new Map(now).set(column.name, value))}
            defaultText={defaultText(column)}
            canDefault
          />
        ),
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="main" disabledBecause={wrong && `${wrong.name} has no valid value yet`}>
          {onRemove ? 'Keep' : 'Add to the changes'}
        </Button>
        {onRemove && (
          <Button
            look="danger"
            onClick={() => {
              onRemove()
              onClose()
            }}
          >
            Take this row out
          </Button>
        )}
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

/** A trigger may still fill it: only Postgres knows. */
const isNeeded = (column: TableColumn): boolean =>
  !column.isNullable && column.defaultSql === null && column.identity === ''

function defaultText(column: TableColumn): string {
  if (column.identity !== '') return 'DEFAULT: the next number'
  if (column.defaultSql !== null) return `DEFAULT: ${column.defaultSql}`
  return column.isNullable ? 'DEFAULT: NULL' : 'DEFAULT: there is none'
}
