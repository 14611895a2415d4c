import { DropdownMenu } from 'radix-ui'
import { buttonClasses } from './button.tsx'
import { classes } from './classes.ts'

export interface MenuEntry {
  text: string
  isDangerous?: boolean | undefined
  /** Why it cannot be used now. It stands below the text, and the entry stays in the keyboard's reach. */
  disabledBecause?: string | undefined
  choose: () => void
}

/** A button with `label` for those who cannot see its dots. `entries` is asked when it opens. */
export function Menu({ label, entries }: { label: string; entries: () => MenuEntry[] }) {
  return (
    // Not modal: an entry may open a dialog, which then has the page to itself.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger aria-label={label} className={buttonClasses('quiet')}>
        <span aria-hidden="true">⋯</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          collisionPadding={8}
          className="z-70 max-h-(--radix-dropdown-menu-content-available-height) w-64 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-xl"
        >
          <Entries entries={entries} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Entries({ entries }: { entries: () => MenuEntry[] }) {
  return entries().map(({ text, isDangerous, disabledBecause, choose }) => (
    <DropdownMenu.Item
      key={text}
      aria-disabled={disabledBecause !== undefined || undefined}
      onSelect={event => {
        if (disabledBecause === undefined) choose()
        else event.preventDefault()
      }}
      className={classes(
        'cursor-pointer rounded-md px-3 py-1.5 text-sm outline-none data-highlighted:bg-sunken',
        disabledBecause !== undefined && 'cursor-not-allowed text-ink-soft',
        isDangerous && disabledBecause === undefined && 'text-bad',
      )}
    >
      {text}
      {disabledBecause !== undefined && (
        <span className="block text-ink-soft text-xs">{disabledBecause}</span>
      )}
    </DropdownMenu.Item>
  ))
}
