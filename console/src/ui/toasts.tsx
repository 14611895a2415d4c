// Short news at the page's edge. They are read out, and go by themselves; errors stay until they are closed.

import { Link } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'

interface Toast {
  id: number
  kind: 'working' | 'good' | 'bad'
  text: string
  detail?: string | undefined
  /** The one that it tells of: its page tells more. */
  operation?: { project_id: string; id: string } | undefined
  /** Takes back what it tells of. */
  undo?: (() => void) | undefined
}

const stayMs = 5000
/** Whoever wants it back has to read first. */
const stayToUndoMs = 15_000
let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export function closeToast(id: number): void {
  set(toasts.filter(toast => toast.id !== id))
}

export function closeToasts(): void {
  set([])
}

/** Shows it, or with the `id` of one that stands there takes its place. */
export function showToast(toast: Omit<Toast, 'id'>, id = ++lastId): number {
  const next = { ...toast, id }
  set(toasts.some(one => one.id === id) ? toasts.map(one => (one.id === id ? next : one)) : [...toasts, next])
  if (toast.kind === 'good') setTimeout(() => closeToast(id), toast.undo ? stayToUndoMs : stayMs)
  return id
}

const marks = { working: 'text-warn', good: 'text-good', bad: 'text-bad' } as const

export function Toasts() {
  const list = useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <section
      aria-label="News"
      aria-live="polite"
      className="fixed right-3 bottom-3 z-60 w-80 max-w-[92vw] space-y-2"
    >
      {list.map(toast => (
        <div
          key={toast.id}
          className="flex gap-3 rounded-lg border border-line bg-raised p-3 text-sm shadow-lg"
        >
          <span aria-hidden="true" className={marks[toast.kind]}>
            ●
          </span>
          <div className="min-w-0 flex-1">
            <p>{toast.text}</p>
            {toast.detail !== undefined && <p className="mt-0.5 text-ink-soft text-xs">{toast.detail}</p>}
            {toast.operation && (
              <Link
                to="/projects/$projectId/operations"
                params={{ projectId: toast.operation.project_id }}
                search={{ operation: toast.operation.id }}
                className="text-link text-xs underline"
              >
                Details
              </Link>
            )}
          </div>
          {toast.undo && (
            <button
              type="button"
              onClick={() => {
                closeToast(toast.id)
                toast.undo?.()
              }}
              className="self-start text-link underline"
            >
              Undo
            </button>
          )}
          <button
            type="button"
            aria-label="Close"
            onClick={() => closeToast(toast.id)}
            className="text-ink-soft"
          >
            ✕
          </button>
        </div>
      ))}
    </section>
  )
}
