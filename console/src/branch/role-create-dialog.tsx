import { type FormEvent, useState } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'

export function RoleCreateDialog({ isOpen }: { isOpen: boolean }) {
  const { close } = useBranchPlace()
  return (
    <Dialog
      title="Add role"
      description="It gets a password, which can be looked at here once it is there."
      isOpen={isOpen}
      onClose={close}
    >
      <RoleForm />
    </Dialog>
  )
}

function RoleForm() {
  const { projectId, params, close } = useBranchPlace()
  const [name, setName] = useState('')
  const [isGroup, setGroup] = useState(false)
  const creation = useChange(
    projectId,
    (role: { name: string; no_login?: boolean }) =>
      call<typeof routes.createRole>('post', '/projects/{project_id}/branches/{branch_id}/roles', {
        params,
        body: { role },
      }),
    role => ({ working: `Creating role ${role.name}`, done: `Role ${role.name} is ready` }),
    close,
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    creation.mutate({ name, ...(isGroup && { no_login: true }) })
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        required
        value={name}
        autoComplete="off"
        onChange={event => setName(event.target.value)}
      />
      <CheckboxField
        label="A group, which cannot log in"
        hint="It has no password and no rights of its own; every role made here may hand it out."
        checked={isGroup}
        onChange={setGroup}
      />
      {creation.isError && <Problem error={creation.error} />}
      <Button
        type="submit"
        look="main"
        disabledBecause={creation.isPending ? 'It is being created' : undefined}
      >
        Create role
      </Button>
    </form>
  )
}
