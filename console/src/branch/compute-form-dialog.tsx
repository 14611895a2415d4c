import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { type Endpoint, projectQuery } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { ComputeFields } from '../compute/compute-fields.tsx'
import { computeSettings, sizesProblem } from '../compute/compute-settings.ts'
import { areSame, refusedRow, rowsOf, rowsProblem, settingsOf } from '../compute/pg-settings.ts'
import { areSameLibraries } from '../compute/preload.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'
import { ComputePostgresFields, type PostgresChoice } from './compute-postgres-fields.tsx'

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
          ? 'Sizes and libraries count from its next start; sessions are not ended for them.'
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
  const project = useQuery(projectQuery(projectId)).data?.project
  const [name, setName] = useState(endpoint?.name ?? '')
  const [settings, setSettings] = useState(
    computeSettings(endpoint ?? project?.default_endpoint_settings ?? {}),
  )
  const settingsBefore = endpoint
    ? endpoint.settings.pg_settings
    : project?.default_endpoint_settings.pg_settings
  const librariesBefore = endpoint?.settings.preload_libraries?.enabled_libraries
  const [choice, setChoice] = useState<PostgresChoice>(() => ({
    rows: rowsOf(settingsBefore),
    libraries: librariesBefore,
  }))
  const saving = useChange(
    projectId,
    () => {
      const wanted = {
        // An endpoint keeps its name where none is given.
        ...(name !== '' && { name }),
        ...settings,
        ...changedOf(choice, settingsBefore, endpoint?.settings.preload_libraries),
      }
      return endpoint
        ? call<typeof routes.updateEndpoint>('patch', '/projects/{project_id}/endpoints/{endpoint_id}', {
            params: { project_id: projectId, endpoint_id: endpoint.id },
            body: { endpoint: wanted },
          })
        : call<typeof routes.createEndpoint>('post', '/projects/{project_id}/endpoints', {
            params: { project_id: projectId },
            body: { endpoint: { branch_id: branchId, type: 'read_write', ...wanted } },
          })
    },
    () =>
      endpoint
        ? { working: `Changing ${endpoint.id}`, done: `${endpoint.id} is changed` }
        : { working: 'Adding a compute', done: 'The compute is ready' },
    close,
  )
  const refused = refusedRow(saving.error?.message, choice.rows)
  const problem = sizesProblem(settings) ?? rowsProblem(choice.rows)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === undefined && !saving.isPending) saving.mutate()
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
      <ComputePostgresFields
        {...{ projectId, choice, refused }}
        major={project?.pg_version ?? 17}
        hasOwnLibraries={librariesBefore !== undefined}
        ofProject={project?.settings.preload_libraries?.enabled_libraries ?? []}
        onChange={some => {
          saving.reset()
          setChoice(some)
        }}
      />
      {saving.isError && !refused && <Problem error={saving.error} />}
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

type Libraries = NonNullable<Endpoint['settings']['preload_libraries']>

/** What was not touched is left out: it is the API's. */
function changedOf(
  { rows, libraries }: PostgresChoice,
  settingsBefore: Record<string, string> | undefined,
  librariesBefore: Libraries | undefined,
): { settings?: Endpoint['settings'] } {
  const areLibrariesSame =
    libraries === undefined ||
    (librariesBefore?.enabled_libraries !== undefined &&
      areSameLibraries(libraries, librariesBefore.enabled_libraries))
  const settings = {
    ...(!areSame(rows, settingsBefore) && { pg_settings: settingsOf(rows) }),
    ...(!areLibrariesSame && { preload_libraries: { ...librariesBefore, enabled_libraries: libraries } }),
  }
  return Object.keys(settings).length > 0 ? { settings } : {}
}
