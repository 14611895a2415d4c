import type { ComputeAction } from '../../../src/contract/compute-states.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import type { Endpoint } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { refusalOf, suspendAfterSeconds } from '../compute/compute-actions.ts'
import { ComputeState } from '../compute/compute-state.tsx'
import { ageText } from '../lib/age.ts'
import { durationText } from '../lib/duration.ts'
import { sizeText } from '../lib/setting-choices.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Fact } from '../ui/fact.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'
import { ComputeReasons } from './compute-reasons.tsx'

const actions = [
  ['start', 'Start', 'Starting', 'is awake'],
  ['suspend', 'Suspend', 'Suspending', 'is asleep'],
  ['restart', 'Restart', 'Restarting', 'has restarted'],
] as const satisfies (readonly [ComputeAction, string, string, string])[]

type Action = (typeof actions)[number]

interface ComputeCardProps {
  endpoint: Endpoint
  suspendAfterSeconds: number
  isProtected: boolean
}

export function ComputeCard({
  endpoint,
  suspendAfterSeconds: ofInstallation,
  isProtected,
}: ComputeCardProps) {
  const { projectId, show } = useBranchPlace()
  const params = { project_id: projectId, endpoint_id: endpoint.id }
  const act = useChange(
    projectId,
    ([action]: Action) =>
      call<typeof routes.startEndpoint>(
        'post',
        // The three paths differ in this word alone, and answer the same.
        `/projects/{project_id}/endpoints/{endpoint_id}/${action}` as (typeof routes.startEndpoint)['path'],
        { params },
      ),
    ([, , working, done]) => ({ working: `${working} ${endpoint.id}`, done: `${endpoint.id} ${done}` }),
  )
  const enabling = useChange(
    projectId,
    (disabled: boolean) =>
      call<typeof routes.updateEndpoint>('patch', '/projects/{project_id}/endpoints/{endpoint_id}', {
        params,
        body: { endpoint: { disabled } },
      }),
    disabled => ({
      working: `${disabled ? 'Disabling' : 'Enabling'} ${endpoint.id}`,
      done: `${endpoint.id} is ${disabled ? 'disabled' : 'enabled'}`,
    }),
  )
  const nowMs = Date.now()
  const min = endpoint.autoscaling_limit_min_cu
  const max = endpoint.autoscaling_limit_max_cu
  const error = act.error ?? enabling.error
  return (
    <section
      aria-label={`Compute ${endpoint.name ?? endpoint.id}`}
      className="space-y-4 rounded-lg border border-line bg-raised p-4 text-sm"
    >
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h2 className="font-medium text-base">{endpoint.name ?? endpoint.id}</h2>
          <p className="flex flex-wrap items-center gap-2 break-all text-ink-soft">
            {endpoint.host} <CopyButton text={() => endpoint.host} label="Copy host" />
          </p>
        </div>
        <ComputeState endpoint={endpoint} nowMs={nowMs} />
      </div>
      <ComputeReasons endpoint={endpoint} />
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
        <Fact name="Sleep">{sleepText(endpoint, ofInstallation)}</Fact>
        <Fact name="Size">{min === max ? sizeText(min) : `${sizeText(min)}, at most ${sizeText(max)}`}</Fact>
        <Fact name="Kind">{endpoint.type === 'read_write' ? 'reads and writes' : 'reads only'}</Fact>
        <Fact name="Started">
          {endpoint.started_at === undefined ? 'never' : ageText(endpoint.started_at, nowMs)}
        </Fact>
      </dl>
      {error && <Problem error={error} />}
      <div className="flex flex-wrap gap-2">
        {actions.map(action => (
          <Button
            key={action[0]}
            onClick={() => act.mutate(action)}
            disabledBecause={
              refusalOf(action[0], endpoint) ?? (act.isPending ? 'Another is asked' : undefined)
            }
          >
            {action[1]}
          </Button>
        ))}
        <Button onClick={() => show('edit-compute', endpoint.id)}>Edit</Button>
        <Button
          onClick={() => enabling.mutate(!endpoint.disabled)}
          title={
            endpoint.disabled ? undefined : 'Its sessions end, and nobody can connect until it is enabled'
          }
          disabledBecause={enabling.isPending ? 'It is being changed' : undefined}
        >
          {endpoint.disabled ? 'Enable' : 'Disable'}
        </Button>
        <Button
          look="danger"
          onClick={() => show('delete-compute', endpoint.id)}
          disabledBecause={isProtected ? 'The branch is protected' : undefined}
        >
          Delete
        </Button>
      </div>
    </section>
  )
}

/** After how long it would. */
function sleepText(endpoint: Endpoint, ofInstallation: number): string {
  const seconds = suspendAfterSeconds(endpoint.suspend_timeout_seconds, ofInstallation)
  if (seconds === undefined) return 'never: it stays awake until it is suspended'
  return `after ${durationText(seconds)} without work`
}
