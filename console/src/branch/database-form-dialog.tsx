import { type FormEvent, useState } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'

interface DatabaseFormDialogProps {
  /** Undefined: a new one. */
  database: Reply<typeof routes.listDatabases>['databases'][number] | undefined
  owners: string[]
  isOpen: boolean
}

export function DatabaseFormDialog({ isOpen, ...rest }: DatabaseFormDialogProps) {
  const { close } = useBranchPlace()
  return (
    <Dialog
      title={rest.database ? `Edit ${rest.database.name}` : 'Add database'}
      isOpen={isOpen}
      onClose={close}
    >
      <DatabaseForm {...rest} />
    </Dialog>
  )
}

function DatabaseForm({ database, owners }: Omit<DatabaseFormDialogProps, 'isOpen'>) {
  const { projectId, params, close } = useBranchPlace()
  const [name, setName] = useState(database?.name ?? '')
  const [owner, setOwner] = useState(database?.owner_name ?? owners[0] ?? '')
  const saving = useChange(
    projectId,
    () =>
      database
        ? call<typeof routes.updateDatabase>(
            'patch',
            '/projects/{project_id}/branches/{branch_id}/databases/{database_name}',
            {
              params: { ...params, database_name: database.name },
              body: {
                database: {
                  ...(name !== database.name && { name }),
                  ...(owner !== database.owner_name && { owner_name: owner }),
                },
              },
            },
          )
        : call<typeof routes.createDatabase>(
            'post',
            '/projects/{project_id}/branches/{branch_id}/databases',
            { params, body: { database: { name, owner_name: owner } } },
          ),
    () =>
      database
        ? { working: `Changing database ${database.name}`, done: `Database ${name} is changed` }
        : { working: `Creating database ${name}`, done: `Database ${name} is ready` },
    close,
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  const isRenamed = database !== undefined && name !== database.name
  // Its owner may be a role that the list does not have.
  const offered = owners.includes(owner) ? owners : [owner, ...owners]
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        required
        value={name}
        autoComplete="off"
        hint={
          isRenamed ? 'A new name ends its sessions, and programs need a new connection string.' : undefined
        }
        onChange={event => setName(event.target.value)}
      />
      <SelectField label="Owner" value={owner} onChange={event => setOwner(event.target.value)}>
        {offered.map(one => (
          <option key={one}>{one}</option>
        ))}
      </SelectField>
      {saving.isError && <Problem error={saving.error} />}
      <Button type="submit" look="main" disabledBecause={saving.isPending ? 'It is being saved' : undefined}>
        {database ? 'Save' : 'Create database'}
      </Button>
    </form>
  )
}
