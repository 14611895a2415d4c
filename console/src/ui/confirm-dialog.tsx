import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { tellRefusal } from '../api/tell-refusal.ts'
import { useIsShown } from '../lib/use-is-shown.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'
import { Problem } from './problem.tsx'

interface ConfirmDialogProps {
  title: string
  /** What will have happened afterwards. */
  children: ReactNode
  /** The button's text: `Delete branch`. */
  action: string
  isOpen: boolean
  onClose: () => void
  /** An error it throws is shown, and the dialog stays; where somebody has closed it meanwhile a toast tells it. */
  confirm: () => Promise<unknown>
  /** A name that has to be typed first, where there is no way back. */
  typed?: string | undefined
  /** Why it cannot be done at all. */
  disabledBecause?: string | undefined
  look?: 'main' | 'danger'
}

/** Before what cannot be undone. */
export function ConfirmDialog({ title, isOpen, onClose, ...rest }: ConfirmDialogProps) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <ConfirmForm onClose={onClose} {...rest} />
    </Dialog>
  )
}

function ConfirmForm(props: Omit<ConfirmDialogProps, 'title' | 'isOpen'>) {
  const { children, action, onClose, confirm, typed, look = 'danger' } = props
  const [text, setText] = useState('')
  const isShown = useIsShown()
  const confirmation = useMutation({
    mutationFn: confirm,
    onError: error => {
      if (!isShown.current) tellRefusal(action, error)
    },
  })
  const disabledBecause =
    props.disabledBecause ??
    (confirmation.isPending ? 'It is being done' : undefined) ??
    (typed !== undefined && text !== typed ? `Type ${typed} first` : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Here, not with the mutation: whoever has gone elsewhere meanwhile is not taken back.
    if (disabledBecause === undefined) confirmation.mutate(undefined, { onSuccess: onClose })
  }
  return (
    <form onSubmit={submit} className="space-y-4 text-sm">
      <div className="space-y-2">{children}</div>
      {typed !== undefined && (
        <TextField
          label={`Type ${typed} to confirm`}
          value={text}
          autoComplete="off"
          onChange={event => setText(event.target.value)}
        />
      )}
      {confirmation.isError && <Problem error={confirmation.error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look={look} disabledBecause={disabledBecause}>
          {action}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}
