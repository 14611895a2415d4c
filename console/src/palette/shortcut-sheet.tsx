import { useState } from 'react'
import { areShortcutsOn, isMac, pageShortcuts, switchShortcuts } from '../shell/shortcuts.ts'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { Dialog } from '../ui/dialog.tsx'

/** What the keys do, and the switch for those in whose way they are. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const [isOn, setOn] = useState(areShortcutsOn)
  const rows: [string, string[]][] = [
    ['Go to anything, do anything', [isMac() ? '⌘ K' : 'Ctrl K']],
    ['Search on this page', ['/']],
    ['This sheet', ['?']],
    ['Projects', ['G', 'P']],
    ...pageShortcuts.map(({ key, entry }): [string, string[]] => [entry.text, ['G', key.toUpperCase()]]),
  ]
  return (
    <Dialog
      title="Keyboard shortcuts"
      description="Letters count where nobody is typing; G and the letter behind it one after the other."
      isOpen
      onClose={onClose}
    >
      <dl className="mb-4 divide-y divide-line text-sm">
        {rows.map(([text, keys]) => (
          <div key={text} className="flex items-center justify-between gap-4 py-1.5">
            <dt>{text}</dt>
            <dd className="flex gap-1">
              {keys.map(key => (
                <kbd
                  key={key}
                  className="rounded border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <CheckboxField
        label="Single letters are shortcuts"
        hint="Switch them off where they get in the way of speech input. Kept in this browser."
        checked={isOn}
        onChange={checked => {
          switchShortcuts(checked)
          setOn(checked)
        }}
      />
    </Dialog>
  )
}
