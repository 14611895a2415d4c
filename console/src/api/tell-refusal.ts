import { showToast } from '../ui/toasts.tsx'
import { errorText } from './api-error.ts'

/** Errors go through several hands: what a dialog asks for is a change that a page makes. */
const told = new WeakSet<Error>()

/** In a toast, once: where there is no form, or no longer, to show it in. `Creating branch dev` was refused. */
export function tellRefusal(working: string, error: Error): void {
  if (told.has(error)) return
  told.add(error)
  showToast({ kind: 'bad', text: `${working}: refused`, detail: errorText(error) })
}
