import { Dialog as Base } from 'radix-ui'
import { type ReactNode, useRef } from 'react'

interface DialogProps {
  title: string
  description?: ReactNode
  isOpen: boolean
  onClose: () => void
  width?: 'narrow' | 'wide'
  children: ReactNode
}

export function Dialog({ title, description, isOpen, onClose, width = 'narrow', children }: DialogProps) {
  // Ours have no trigger of Radix's, to which it would give the keyboard back.
  const before = useRef<Element>(null)
  return (
    <Base.Root open={isOpen} onOpenChange={open => !open && onClose()}>
      <Base.Portal>
        <Base.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Base.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          onOpenAutoFocus={() => {
            before.current = document.activeElement
          }}
          onCloseAutoFocus={event => {
            event.preventDefault()
            if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true })
          }}
          className={`fixed top-1/2 left-1/2 z-50 max-h-[92dvh] w-[calc(100vw-1.5rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border border-line bg-raised p-5 shadow-2xl ${width === 'wide' ? 'max-w-3xl' : 'max-w-lg'}`}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div>
              <Base.Title className="font-semibold text-lg">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="mt-1 text-ink-soft text-sm">{description}</Base.Description>
              )}
            </div>
            <Base.Close className="rounded-md px-2 py-1 text-ink-soft hover:bg-sunken" aria-label="Close">
              ✕
            </Base.Close>
          </div>
          {children}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  )
}
