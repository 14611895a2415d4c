import type { OperationAction } from '../../../src/contract/operations.ts'
import type { Branch } from '../api/queries.ts'
import { SelectField } from '../ui/field.tsx'
import { actionText, knownActions } from './action-text.ts'
import { type OperationsSearch, type StatusFilter, statusFilters } from './operations-search.ts'

type Filters = Omit<OperationsSearch, 'operation'>

interface OperationsFiltersProps {
  filters: Filters
  branches: Branch[]
  onChange: (filters: Filters) => void
}

/** `chosen` is put in, or with an empty text left out. */
function changed<Name extends keyof Filters>(filters: Filters, name: Name, chosen: string): Filters {
  const { [name]: _, ...others } = filters
  return chosen === '' ? others : { ...others, [name]: chosen }
}

export function OperationsFilters({ filters, branches, onChange }: OperationsFiltersProps) {
  const { status, action, branch } = filters
  const isBranchGone = branch !== undefined && !branches.some(({ id }) => id === branch)
  return (
    <div className="grid w-full grid-cols-2 gap-3 sm:grid-cols-3">
      <SelectField
        label="Status"
        value={status ?? ''}
        onChange={event => onChange(changed(filters, 'status', event.target.value as StatusFilter | ''))}
      >
        <option value="">All</option>
        {statusFilters.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Operation"
        value={action ?? ''}
        onChange={event => onChange(changed(filters, 'action', event.target.value as OperationAction | ''))}
      >
        <option value="">All</option>
        {[...new Set([...knownActions, ...(action ? [action] : [])])].map(one => (
          <option key={one} value={one}>
            {actionText(one)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Branch"
        value={branch ?? ''}
        onChange={event => onChange(changed(filters, 'branch', event.target.value))}
      >
        <option value="">All</option>
        {isBranchGone && <option value={branch}>{branch}</option>}
        {branches.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
