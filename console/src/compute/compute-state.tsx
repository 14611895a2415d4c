import type { Endpoint } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { classes } from '../ui/classes.ts'

/** An awake one glows. */
export function ComputeState({ endpoint, nowMs }: { endpoint: Endpoint; nowMs: number }) {
  const isAwake = endpoint.current_state === 'active'
  return (
    <span className="inline-flex items-center gap-2">
      <span
        aria-hidden="true"
        className={classes(
          'size-2.5 shrink-0 rounded-full',
          isAwake ? 'bg-flame shadow-[0_0_8px_var(--flame)]' : 'border border-ink-soft',
        )}
      />
      {stateText(endpoint)}
      {endpoint.last_active !== undefined && (
        <span className="text-ink-soft text-xs">active {ageText(endpoint.last_active, nowMs)}</span>
      )}
    </span>
  )
}

function stateText({ current_state, pending_state, disabled }: Endpoint): string {
  if (disabled) return 'disabled'
  if (pending_state === 'active') return 'waking'
  if (pending_state === 'idle') return 'going to sleep'
  return { active: 'awake', idle: 'asleep', init: 'not started yet' }[current_state]
}
