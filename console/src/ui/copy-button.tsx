import { type ReactNode, useEffect, useState } from 'react'
import { copyText } from '../lib/clipboard.ts'
import { Button } from './button.tsx'

/** Puts `text()` on the clipboard, and says so for a moment. */
export function CopyButton({
  text,
  label = 'Copy',
}: {
  text: () => string | Promise<string>
  label?: ReactNode
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = async () => {
    try {
      await copyText(text())
      setState('copied')
    } catch {
      // Browsers give the clipboard to secure pages only, which a page by plain HTTP from another machine is not.
      setState('refused')
    }
  }
  const texts = { idle: label, copied: 'Copied', refused: 'Select it and copy by hand' }
  return (
    <Button onClick={copy}>
      <span aria-live="polite">{texts[state]}</span>
    </Button>
  )
}
