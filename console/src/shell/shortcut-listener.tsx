import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { actionOf, areShortcutsOn, isMac, isTaken } from './shortcuts.ts'

// Not part of the first load: most visits need neither.
const Palette = lazy(() => import('../palette/palette.tsx').then(module => ({ default: module.Palette })))
const ShortcutSheet = lazy(() =>
  import('../palette/shortcut-sheet.tsx').then(module => ({ default: module.ShortcutSheet })),
)

const afterGMs = 1500

/** The keys, the palette and the sheet that explains them; and the button for those who know none. */
export function ShortcutListener() {
  const [open, setOpen] = useState<'palette' | 'help'>()
  const { projectId } = useParams({ strict: false })
  const navigate = useNavigate()
  const gPressedAt = useRef(Number.NEGATIVE_INFINITY)

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, isComposing } = event
    if (event.defaultPrevented || event.repeat || key === 'Shift') return
    const isAfterG = event.timeStamp - gPressedAt.current < afterGMs
    gPressedAt.current = Number.NEGATIVE_INFINITY
    // The palette may still be on its way: letters are meant for it.
    const taken = open !== undefined || isTaken(event.target)
    const action = actionOf(
      { key, ctrlKey, metaKey, altKey, isComposing },
      {
        ...{ isMac: isMac(), isTaken: taken, isOn: areShortcutsOn() },
        ...{ isAfterG, isInProject: projectId !== undefined },
      },
    )
    if (action === undefined) return
    if (action === 'search') {
      const box = document.querySelector<HTMLInputElement>('main input[type=search]')
      if (!box) return
      box.focus()
    } else if (action === 'g') gPressedAt.current = event.timeStamp
    else if (action === 'palette') setOpen(open === 'palette' ? undefined : 'palette')
    else if (action === 'help') setOpen('help')
    else if (action === 'projects') void navigate({ to: '/' })
    else if (projectId !== undefined) void navigate({ to: action.page.to, params: { projectId } })
    event.preventDefault()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])

  const close = () => setOpen(undefined)
  return (
    <>
      <Button onClick={() => setOpen('palette')} aria-keyshortcuts={isMac() ? 'Meta+K' : 'Control+K'}>
        Go to…
        <kbd className="hidden font-sans text-ink-soft text-xs sm:inline">{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
      </Button>
      <Suspense>
        {open === 'palette' && (
          <Palette projectId={projectId} onClose={close} onHelp={() => setOpen('help')} />
        )}
        {open === 'help' && <ShortcutSheet onClose={close} />}
      </Suspense>
    </>
  )
}
