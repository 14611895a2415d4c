import type { ButtonHTMLAttributes } from 'react'
import { classes } from './classes.ts'

const looks = {
  main: 'bg-flame text-flame-ink border-transparent hover:brightness-95',
  plain: 'bg-raised text-ink border-line hover:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-sunken',
  danger: 'bg-raised text-bad border-bad hover:bg-sunken',
} as const

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof looks
  /** Why it cannot be used now. The button stays in the keyboard's reach, so that its reason can be read. */
  disabledBecause?: string | undefined
}

export function buttonClasses(look: keyof typeof looks = 'plain'): string {
  return classes(
    'inline-flex items-center justify-center gap-2 rounded-md border px-3 py-1.5 text-sm font-medium',
    'aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
    looks[look],
  )
}

export function Button({ look, disabledBecause, className, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(buttonClasses(look), className)}
      aria-disabled={disabledBecause !== undefined || undefined}
      title={disabledBecause ?? rest.title}
      onClick={event => {
        if (disabledBecause === undefined) onClick?.(event)
        else event.preventDefault()
      }}
    />
  )
}
