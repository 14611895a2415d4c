import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { isBoolean, writtenLike } from './column-kinds.ts'
import { type FilterOperator, filterOperators, takesValue } from './filter-operators.ts'
import { operatorsOf } from './filters.ts'
import type { TableColumn } from './table-details.ts'
import type { FilterWords } from './tables-search.ts'

interface FilterBarProps {
  columns: readonly TableColumn[]
  filters: readonly FilterWords[]
  onChange: (filters: FilterWords[]) => void
}

const control = 'rounded-md border border-line bg-raised px-2 py-1.5 text-sm'

/** All conditions hold; each can be taken away by itself. */
export function FilterBar({ columns, filters, onChange }: FilterBarProps) {
  const [name, setName] = useState('')
  const [chosen, setOperator] = useState<FilterOperator>('=')
  const [value, setValue] = useState('')
  const column = columns.find(one => one.name === name) ?? columns[0]
  if (!column) return null
  const operators = operatorsOf(column)
  const operator = operators.includes(chosen) ? chosen : operators[0]!
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const words: FilterWords = [
      column.name,
      operator,
      takesValue(operator) ? filterValue(column, operator, value) : '',
    ]
    if (!filters.some(one => JSON.stringify(one) === JSON.stringify(words))) onChange([...filters, words])
    setValue('')
  }
  return (
    <div className="space-y-2">
      <form onSubmit={submit} className="flex flex-wrap items-center gap-2" aria-label="Filter">
        <select
          aria-label="Column"
          value={column.name}
          onChange={event => setName(event.target.value)}
          className={`${control} max-w-40`}
        >
          {columns.map(one => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
        <select
          aria-label="Operator"
          value={operator}
          onChange={event => setOperator(event.target.value as FilterOperator)}
          className={control}
        >
          {filterOperators
            .filter(([id]) => operators.includes(id))
            .map(([id, , words]) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
        </select>
        {takesValue(operator) && (
          <ValueControl column={column} operator={operator} value={value} onChange={setValue} />
        )}
        <Button type="submit">Filter</Button>
      </form>
      {filters.length > 0 && (
        <ul aria-label="Filters" className="flex flex-wrap gap-2">
          {filters.map((words, index) => (
            <Chip
              key={JSON.stringify(words)}
              words={words}
              isKnown={columns.some(one => one.name === words[0])}
              onRemove={() => onChange(filters.filter((_, place) => place !== index))}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

/** What the control shows, where nothing was chosen in it. */
function filterValue(column: TableColumn, operator: FilterOperator, value: string): string {
  if (isBoolean(column)) return value === 'false' ? 'false' : 'true'
  const labels = column.enumLabels
  const isChosen =
    labels !== null && (operator === 'contains' || operator === 'starts' || labels.includes(value))
  return labels === null || isChosen ? value : (labels[0] ?? '')
}

interface ValueControlProps {
  column: TableColumn
  operator: FilterOperator
  value: string
  onChange: (value: string) => void
}

function ValueControl({ column, operator, value, onChange }: ValueControlProps) {
  const choices = isBoolean(column) ? ['true', 'false'] : column.enumLabels
  if (choices !== null && operator !== 'contains' && operator !== 'starts') {
    return (
      <select
        aria-label="Value"
        value={choices.includes(value) ? value : choices[0]}
        onChange={event => onChange(event.target.value)}
        className={`${control} max-w-48`}
      >
        {choices.map(one => (
          <option key={one}>{one}</option>
        ))}
      </select>
    )
  }
  return (
    <input
      aria-label="Value"
      value={value}
      placeholder={writtenLike(column) ?? ''}
      autoComplete="off"
      spellCheck={false}
      onChange={event => onChange(event.target.value)}
      className={`${control} w-44 min-w-0`}
    />
  )
}

interface ChipProps {
  words: FilterWords
  isKnown: boolean
  onRemove: () => void
}

function Chip({ words: [column, operator, value], isKnown, onRemove }: ChipProps) {
  const sign = filterOperators.find(([id]) => id === operator)?.[1] ?? operator
  const shown = value === '' ? '(empty)' : value
  const text = takesValue(operator) ? `${column} ${sign} ${shown}` : `${column} ${sign}`
  return (
    <li className="inline-flex max-w-full items-center gap-1 rounded-full border border-line bg-raised py-0.5 pr-1 pl-3 text-sm">
      <span className="truncate">{text}</span>
      {!isKnown && <span className="text-bad text-xs">no such column</span>}
      <button
        type="button"
        aria-label={`Remove filter ${text}`}
        onClick={onRemove}
        className="rounded-full px-1.5 text-ink-soft hover:bg-sunken"
      >
        ✕
      </button>
    </li>
  )
}
