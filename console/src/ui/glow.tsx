import { classes } from './classes.ts'

/** What is awake glows. */
export function Glow({ isOn }: { isOn: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'size-2.5 shrink-0 rounded-full',
        isOn ? 'bg-flame shadow-[0_0_8px_var(--flame)]' : 'border border-ink-soft',
      )}
    />
  )
}
