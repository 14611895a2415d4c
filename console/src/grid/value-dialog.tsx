import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { laidOutJson } from './json-layout.ts'

interface ValueDialogProps {
  column: { name: string; type: string }
  value: string | null
  onClose: () => void
}

/** One value, whole. JSON is laid out; what is copied is what Postgres gave. */
export function ValueDialog({ column, value, onClose }: ValueDialogProps) {
  return (
    <Dialog
      title={column.name}
      description={describe(column.type, value)}
      isOpen
      onClose={onClose}
      width="wide"
    >
      <div className="space-y-3">
        {value !== null && (
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within the keyboard's reach
            tabIndex={0}
            className="max-h-[60dvh] overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-3 text-sm [font-variant-ligatures:none]"
          >
            {/^jsonb?$/.test(column.type) ? laidOutJson(value) : value}
          </pre>
        )}
        {value !== null && <CopyButton text={() => value} />}
      </div>
    </Dialog>
  )
}

function describe(type: string, value: string | null): string {
  if (value === null) return `${type}, NULL: no value`
  if (value === '') return `${type}, empty`
  return `${type}, ${value.length.toLocaleString('en')} characters`
}
