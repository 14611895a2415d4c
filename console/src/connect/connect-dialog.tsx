import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { branchesQuery, databasesQuery, endpointsQuery, machineQuery, rolesQuery } from '../api/queries.ts'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ConnectionSnippets } from './connection-snippets.tsx'

interface ConnectDialogProps {
  projectId: string
  isOpen: boolean
  onClose: () => void
}

export function ConnectDialog({ projectId, isOpen, onClose }: ConnectDialogProps) {
  return (
    <Dialog title="Connect to your database" isOpen={isOpen} onClose={onClose} width="wide">
      <ConnectionDetails projectId={projectId} />
    </Dialog>
  )
}

/** What was chosen holds for as long as there is such a one; else the first, which is Neon's order. */
function ConnectionDetails({ projectId }: { projectId: string }) {
  const branches = useQuery(branchesQuery(projectId))
  const endpoints = useQuery(endpointsQuery(projectId))
  const machine = useQuery(machineQuery)
  const [branchId, setBranchId] = useState<string>()
  const [database, setDatabase] = useState<string>()
  const [role, setRole] = useState<string>()
  const branch =
    branches.data?.branches.find(one => one.id === branchId) ??
    branches.data?.branches.find(one => one.default)
  const roles = useQuery({ ...rolesQuery(projectId, branch?.id ?? ''), enabled: branch !== undefined })
  const databases = useQuery({
    ...databasesQuery(projectId, branch?.id ?? ''),
    enabled: branch !== undefined,
  })
  const error = branches.error ?? endpoints.error ?? machine.error ?? roles.error ?? databases.error
  if (error) return <Problem error={error} />
  if (!branch || !endpoints.data || !machine.data || !roles.data || !databases.data)
    return <Skeleton lines={5} />

  const endpoint = endpoints.data.endpoints.find(
    one => one.branch_id === branch.id && one.type === 'read_write',
  )
  const chosenDatabase =
    databases.data.databases.find(one => one.name === database) ?? databases.data.databases[0]
  const chosenRole =
    roles.data.roles.find(one => one.name === role) ??
    roles.data.roles.find(one => one.name === chosenDatabase?.owner_name) ??
    roles.data.roles[0]
  return (
    <div className="space-y-5">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField label="Branch" value={branch.id} onChange={event => setBranchId(event.target.value)}>
          {branches.data?.branches.map(({ id, name }) => (
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
          value={chosenDatabase?.name ?? ''}
          onChange={event => setDatabase(event.target.value)}
        >
          {databases.data.databases.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <SelectField
          label="Role"
          value={chosenRole?.name ?? ''}
          onChange={event => setRole(event.target.value)}
        >
          {roles.data.roles.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      </div>
      {endpoint && chosenDatabase && chosenRole ? (
        <ConnectionSnippets
          key={`${endpoint.id} ${chosenRole.name}`}
          projectId={projectId}
          branchId={branch.id}
          endpointId={endpoint.id}
          database={chosenDatabase.name}
          role={chosenRole.name}
          machine={machine.data}
        />
      ) : (
        <p className="text-ink-soft">
          {endpoint
            ? 'The branch has no database or role yet; they are there once it has started for the first time.'
            : 'Give the branch a compute first: without one nobody can connect to it.'}
        </p>
      )}
    </div>
  )
}
