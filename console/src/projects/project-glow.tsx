import type { ProjectState } from '../../../src/contract/console-project-states.ts'
import { classes } from '../ui/classes.ts'

/** Awake ones glow. Undefined: not known yet. */
export function ProjectGlow({ state }: { state: ProjectState | undefined }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span
        aria-hidden="true"
        className={classes(
          'size-2.5 shrink-0 rounded-full',
          (state?.awake ?? 0) > 0 ? 'bg-flame shadow-[0_0_8px_var(--flame)]' : 'border border-ink-soft',
        )}
      />
      {state === undefined ? '–' : glowText(state)}
    </span>
  )
}

function glowText({ computes, awake, waking }: ProjectState): string {
  if (computes === 0) return 'no compute'
  if (awake === 0) return waking > 0 ? 'waking' : 'asleep'
  return computes === 1 ? 'awake' : `${awake} of ${computes} awake`
}
