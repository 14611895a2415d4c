import type { Endpoint } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { Glow } from '../ui/glow.tsx'

export function ComputeState({ endpoint, nowMs }: { endpoint: Endpoint; nowMs: number }) {
  return (
    <span className="inline-flex items-center gap-2">
      <Glow isOn={endpoint.current_state === 'active'} />
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
