import type { UseMutationResult } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useId } from 'react'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'

interface SettingsFormProps {
  title: string
  /** What the settings mean. */
  about?: ReactNode
  saving: Pick<UseMutationResult<unknown, Error, never>, 'isPending' | 'error'>
  save: () => void
  isChanged: boolean
  /** Why what was entered cannot be saved. */
  problem?: string | undefined
  children: ReactNode
}

/** A section with fields and one button. */
export function SettingsForm(props: SettingsFormProps) {
  const { title, about, saving, save, isChanged, problem, children } = props
  const id = useId()
  const disabledBecause =
    problem ?? (saving.isPending ? 'It is being saved' : isChanged ? undefined : 'Nothing has been changed')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) save()
  }
  return (
    <form aria-labelledby={id} onSubmit={submit} className="max-w-2xl space-y-4">
      <div>
        <h2 id={id} className="font-medium text-lg">
          {title}
        </h2>
        {about !== undefined && <div className="mt-1 space-y-1 text-ink-soft text-sm">{about}</div>}
      </div>
      {children}
      {saving.error && <Problem error={saving.error} />}
      <Button type="submit" look="main" disabledBecause={disabledBecause}>
        Save
      </Button>
    </form>
  )
}
