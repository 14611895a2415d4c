import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useSettingsPlace } from './settings-place.ts'

interface ApiKeyCreateDialogProps {
  organizationId: string
  isOpen: boolean
}

type Reach = 'project' | 'organization' | 'personal'

export function ApiKeyCreateDialog({ organizationId, isOpen }: ApiKeyCreateDialogProps) {
  const { close } = useSettingsPlace()
  return (
    <Dialog title="Create API key" isOpen={isOpen} onClose={close}>
      <KeyForm organizationId={organizationId} />
    </Dialog>
  )
}

function KeyForm({ organizationId }: { organizationId: string }) {
  const { projectId, close } = useSettingsPlace()
  const [name, setName] = useState('')
  const [reach, setReach] = useState<Reach>('project')
  const queries = useQueryClient()
  const creation = useMutation({
    mutationFn: () =>
      reach === 'personal'
        ? call<typeof routes.createApiKey>('post', '/api_keys', { body: { key_name: name } })
        : call<typeof routes.createOrgApiKey>('post', '/organizations/{org_id}/api_keys', {
            params: { org_id: organizationId },
            body: { key_name: name, ...(reach === 'project' && { project_id: projectId }) },
          }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['api-keys'] }),
  })
  const disabledBecause =
    (name.trim() === '' && 'It needs a name') || (creation.isPending && 'It is being made') || undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) creation.mutate()
  }
  if (creation.data) return <CreatedKey secret={creation.data.key} close={close} />
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        required
        value={name}
        maxLength={limits.apiKeyNameChars}
        placeholder="ci"
        hint="Who will use it."
        onChange={event => setName(event.target.value)}
      />
      <SelectField
        label="Reaches"
        value={reach}
        onChange={event => setReach(event.target.value as Reach)}
        hint="As little as will do."
      >
        <option value="project">This project</option>
        <option value="organization">All projects</option>
        <option value="personal">Everything, as you do: it can sign in here as well</option>
      </SelectField>
      {creation.isError && <Problem error={creation.error} />}
      <Button type="submit" look="main" disabledBecause={disabledBecause}>
        Create key
      </Button>
    </form>
  )
}

function CreatedKey({ secret, close }: { secret: string; close: () => void }) {
  return (
    <div className="space-y-4 text-sm">
      <p>
        This is the key. It is shown now and never again: copy it to where it will be used, such as the
        secrets of your pipeline.
      </p>
      <p className="break-all rounded-md bg-sunken p-3 font-mono">{secret}</p>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={() => secret} label="Copy key" />
        <Button look="main" onClick={close}>
          Done
        </Button>
      </div>
    </div>
  )
}
