import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { classes } from '../ui/classes.ts'
import { findEntries, type PaletteEntry } from './palette-entry.ts'
import { usePaletteEntries } from './use-palette-entries.ts'

interface PaletteProps {
  projectId: string | undefined
  onClose: () => void
  onHelp: () => void
}

/** Go anywhere and do most things, by typing a part of what it is called. */
export function Palette({ projectId, onClose, onHelp }: PaletteProps) {
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState('')
  const { entries: all, isComplete } = usePaletteEntries(projectId, search, onHelp)
  const groups = findEntries(all, search)
  const ids = groups.flatMap(({ entries }) => entries.map(({ id }) => id))
  // Not left to cmdk, which takes its time: Enter right behind the last letter means the first that is shown.
  const selected = ids.includes(chosen) ? chosen : (ids[0] ?? '')
  const choose = (entry: PaletteEntry) => {
    if (entry.disabledBecause !== undefined) return
    onClose()
    void entry.choose()
  }
  return (
    <Dialog.Root open onOpenChange={isOpen => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[8dvh] left-1/2 z-50 w-[calc(100vw-1.5rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-raised shadow-2xl"
        >
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <Command shouldFilter={false} loop label="Go to" value={selected} onValueChange={setChosen}>
            <Command.Input
              value={search}
              onValueChange={text => {
                setSearch(text)
                setChosen('')
              }}
              placeholder={
                projectId === undefined ? 'A project, an action …' : 'A page, a branch, an action, a guide …'
              }
              className="w-full border-line border-b bg-raised px-4 py-3 text-ink outline-none placeholder:text-ink-soft"
            />
            <Command.List label="Found" className="max-h-[60dvh] overflow-y-auto p-2">
              <Command.Empty className="px-3 py-6 text-center text-ink-soft text-sm">
                {isComplete
                  ? 'Nothing is called so. A part of the name is enough.'
                  : 'Reading what there is …'}
              </Command.Empty>
              {groups.map(({ name, entries }) => (
                <Command.Group
                  key={name}
                  heading={name}
                  className="**:[[cmdk-group-heading]]:px-3 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-ink-soft **:[[cmdk-group-heading]]:text-xs"
                >
                  {entries.map(entry => (
                    <Entry key={entry.id} entry={entry} choose={choose} />
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Entry({ entry, choose }: { entry: PaletteEntry; choose: (entry: PaletteEntry) => void }) {
  const { id, text, hint, keys, disabledBecause } = entry
  return (
    <Command.Item
      value={id}
      onSelect={() => choose(entry)}
      // Not cmdk's own `disabled`: it would take the entry, and its reason, out of the keyboard's reach.
      aria-disabled={disabledBecause !== undefined}
      className={classes(
        'flex cursor-pointer items-baseline justify-between gap-3 rounded-md px-3 py-2 text-sm data-[selected=true]:bg-sunken',
        disabledBecause !== undefined && 'cursor-not-allowed text-ink-soft',
      )}
    >
      <span className="min-w-0 break-words">
        {text}
        {(disabledBecause ?? hint) !== undefined && ' '}
        {(disabledBecause ?? hint) !== undefined && (
          <span className="ml-1 text-ink-soft text-xs">{disabledBecause ?? hint}</span>
        )}
      </span>
      {keys !== undefined && <kbd className="shrink-0 font-sans text-ink-soft text-xs">{keys}</kbd>}
    </Command.Item>
  )
}
