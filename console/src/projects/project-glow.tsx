import type { ProjectState } from '../../../src/contract/console-project-states.ts'
import { Glow } from '../ui/glow.tsx'

/** Undefined: not known yet. */
export function ProjectGlow({ state }: { state: ProjectState | undefined }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Glow isOn={(state?.awake ?? 0) > 0} />
      {state === undefined ? '–' : glowText(state)}
    </span>
  )
}

function glowText({ computes, awake, waking }: ProjectState): string {
  if (computes === 0) return 'no compute'
  if (awake === 0) return waking > 0 ? 'waking' : 'asleep'
  return computes === 1 ? 'awake' : `${awake} of ${computes} awake`
}
