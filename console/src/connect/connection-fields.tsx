import { SelectField } from '../ui/field.tsx'
import type { ConnectionWish } from './connect-search.ts'
import type { Connection } from './use-connection.ts'

interface ConnectionFieldsProps {
  connection: Connection
  /** What was chosen before goes along: another branch may have such a database, too. */
  onWish: (wish: ConnectionWish) => void
}

/** Branch, compute, database and role of connection details. */
export function ConnectionFields({ connection, onWish }: ConnectionFieldsProps) {
  const { branches, branch, endpoint, databases, database, roles, role } = connection
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SelectField
        label="Branch"
        value={branch.id}
        onChange={event => onWish({ branch: event.target.value })}
      >
        {branches.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField label="Compute" value={endpoint?.id ?? ''} disabled={endpoint !== undefined}>
        <option value={endpoint?.id ?? ''}>{endpoint?.id ?? 'This branch has none'}</option>
      </SelectField>
      <SelectField
        label="Database"
        value={database?.name ?? ''}
        onChange={event => onWish({ database: event.target.value })}
      >
        {databases.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      <SelectField
        label="Role"
        value={role?.name ?? ''}
        onChange={event => onWish({ role: event.target.value })}
      >
        {roles.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
    </div>
  )
}
