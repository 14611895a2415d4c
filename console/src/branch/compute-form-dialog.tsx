import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import type { Endpoint } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { ComputeFields } from '../compute/compute-fields.tsx'
import { computeSettings, sizesProblem } from '../compute/compute-settings.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'

interface ComputeFormDialogProps {
  /** Undefined: a new one. */
  endpoint: Endpoint | undefined
  isOpen: boolean
}

export function ComputeFormDialog({ isOpen, ...rest }: ComputeFormDialogProps) {
  const { close } = useBranchPlace()
  return (
    <Dialog
      title={rest.endpoint ? `Edit ${rest.endpoint.id}` : 'Add compute'}
      description={
        rest.endpoint
          ? 'Sizes count from its next start; sessions are not ended for them.'
          : 'It gets a host name of its own, and wakes when somebody connects.'
      }
      isOpen={isOpen}
      onClose={close}
    >
      <ComputeForm {...rest} />
    </Dialog>
  )
}

function ComputeForm({ endpoint }: Omit<ComputeFormDialogProps, 'isOpen'>) {
  const { projectId, branchId, close } = useBranchPlace()
  const [name, setName] = useState(endpoint?.name ?? '')
  const [settings, setSettings] = useState(computeSettings(endpoint ?? {}))
  // An endpoint keeps its name where none is given.
  const wanted = { ...(name !== '' && { name }), ...settings }
  const saving = useChange(
    projectId,
    () =>
      endpoint
        ? call<typeof routes.updateEndpoint>('patch', '/projects/{project_id}/endpoints/{endpoint_id}', {
            params: { project_id: projectId, endpoint_id: endpoint.id },
            body: { endpoint: wanted },
          })
        : call<typeof routes.createEndpoint>('post', '/projects/{project_id}/endpoints', {
            params: { project_id: projectId },
            body: { endpoint: { branch_id: branchId, type: 'read_write', ...wanted } },
          }),
    () =>
      endpoint
        ? { working: `Changing ${endpoint.id}`, done: `${endpoint.id} is changed` }
        : { working: 'Adding a compute', done: 'The compute is ready' },
    close,
  )
  const problem = sizesProblem(settings)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === undefined) saving.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        value={name}
        maxLength={limits.endpointNameChars}
        hint="For people. The host name stays as it is."
        onChange={event => setName(event.target.value)}
      />
      <ComputeFields settings={settings} onChange={setSettings} />
      {saving.isError && <Problem error={saving.error} />}
      <Button
        type="submit"
        look="main"
        disabledBecause={problem ?? (saving.isPending ? 'It is being saved' : undefined)}
      >
        {endpoint ? 'Save' : 'Add compute'}
      </Button>
    </form>
  )
}
