import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { durationText } from '../lib/duration.ts'
import { sizeChoices, sizesProblem, sizeText, suspendChoices, withCurrent } from '../lib/setting-choices.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ChoiceField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'
import type { Endpoint } from './compute-actions.ts'

interface ComputeFormDialogProps {
  /** Undefined: a new one. */
  endpoint: Endpoint | undefined
  isOpen: boolean
  /** Of the installation, which counts where the endpoint has none of its own. */
  suspendAfterSeconds: number
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

function ComputeForm({ endpoint, suspendAfterSeconds }: Omit<ComputeFormDialogProps, 'isOpen'>) {
  const { projectId, branchId, close } = useBranchPlace()
  const [name, setName] = useState(endpoint?.name ?? '')
  const [min, setMin] = useState(endpoint?.autoscaling_limit_min_cu ?? 0.25)
  const [max, setMax] = useState(endpoint?.autoscaling_limit_max_cu ?? 0.25)
  const [suspend, setSuspend] = useState(endpoint?.suspend_timeout_seconds ?? 0)
  const settings = {
    // An endpoint keeps its name where none is given.
    ...(name !== '' && { name }),
    autoscaling_limit_min_cu: min,
    autoscaling_limit_max_cu: max,
    suspend_timeout_seconds: suspend,
  }
  const saving = useChange(
    projectId,
    (_: undefined) =>
      endpoint
        ? call<typeof routes.updateEndpoint>('patch', '/projects/{project_id}/endpoints/{endpoint_id}', {
            params: { project_id: projectId, endpoint_id: endpoint.id },
            body: { endpoint: settings },
          })
        : call<typeof routes.createEndpoint>('post', '/projects/{project_id}/endpoints', {
            params: { project_id: projectId },
            body: { endpoint: { branch_id: branchId, type: 'read_write', ...settings } },
          }),
    () =>
      endpoint
        ? { working: `Changing ${endpoint.id}`, done: `${endpoint.id} is changed` }
        : { working: 'Adding a compute', done: 'The compute is ready' },
    close,
  )
  const problem = sizesProblem(min, max)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === undefined) saving.mutate(undefined)
  }
  const installation =
    suspendAfterSeconds < 0 ? 'never' : durationText(suspendAfterSeconds || suspendChoices[1]![0])
  const suspends = [[0, `As the installation: ${installation}`] as const, ...suspendChoices]
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        value={name}
        maxLength={limits.endpointNameChars}
        hint="For people. The host name stays as it is."
        onChange={event => setName(event.target.value)}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <ChoiceField
          label="Size"
          hint="What it is made for."
          choices={withCurrent(sizeChoices, min, sizeText)}
          value={min}
          onChoose={setMin}
        />
        <ChoiceField
          label="At most"
          hint="What it may take."
          error={problem}
          choices={withCurrent(sizeChoices, max, sizeText)}
          value={max}
          onChoose={setMax}
        />
      </div>
      <ChoiceField
        label="Goes to sleep after"
        hint="Without work. The next connection wakes it."
        choices={withCurrent(suspends, suspend, durationText)}
        value={suspend}
        onChoose={setSuspend}
      />
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
