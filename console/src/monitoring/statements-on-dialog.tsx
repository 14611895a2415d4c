import { useQuery } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { endpointsQuery, projectQuery } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import type { MonitoredBranch } from './monitoring-queries.ts'

const library = 'pg_stat_statements'

interface StatementsOnDialogProps {
  of: MonitoredBranch
  endpointId: string
  onClose: () => void
}

/** The library is chosen for the compute, which restarts with it. */
export function StatementsOnDialog({ of, endpointId, onClose }: StatementsOnDialogProps) {
  const { projectId } = of
  const project = useQuery(projectQuery(projectId))
  const endpoints = useQuery(endpointsQuery(projectId))
  const endpoint = endpoints.data?.endpoints.find(({ id }) => id === endpointId)
  // A compute's own choice goes before its project's, and so has to name the project's too.
  const chosen = endpoint?.settings?.preload_libraries ?? project.data?.project.settings?.preload_libraries
  const params = { project_id: projectId, endpoint_id: endpointId }
  const turnOn = useChange(
    projectId,
    async () => {
      const enabled = new Set([...(chosen?.enabled_libraries ?? []), library])
      await call<typeof routes.updateEndpoint>('patch', '/projects/{project_id}/endpoints/{endpoint_id}', {
        params,
        body: {
          endpoint: {
            settings: {
              preload_libraries: {
                ...{ use_defaults: chosen?.use_defaults ?? true, enabled_libraries: [...enabled] },
              },
            },
          },
        },
      })
      return await call<typeof routes.restartEndpoint>(
        'post',
        '/projects/{project_id}/endpoints/{endpoint_id}/restart',
        { params },
      )
    },
    () => ({ working: `Restarting ${endpointId}`, done: 'Statements are counted' }),
  )
  return (
    <ConfirmDialog
      title="Count statements"
      action="Turn on and restart"
      look="main"
      isOpen
      onClose={onClose}
      confirm={() => turnOn.mutateAsync(undefined)}
      disabledBecause={endpoint && project.data ? undefined : 'The settings are being read'}
    >
      <p>
        <code>{library}</code> is added to the libraries that {endpointId} loads at its start. Each wake takes
        two milliseconds longer, and each statement some microseconds.
      </p>
      <p>
        The compute restarts now: <strong>its sessions end</strong>, and open transactions are rolled back.
        Most clients connect again by themselves.
      </p>
    </ConfirmDialog>
  )
}
