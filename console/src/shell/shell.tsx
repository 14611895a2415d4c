import { Link, Outlet } from '@tanstack/react-router'
import { LiveUpdates } from '../api/live-updates.tsx'
import { Button } from '../ui/button.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { ShortcutListener } from './shortcut-listener.tsx'
import { useSignOut } from './sign-out.ts'
import { ThemeSwitch } from './theme-switch.tsx'

export function Shell() {
  const signOut = useSignOut()
  return (
    <div className="min-h-dvh">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-2"
      >
        Skip to the content
      </a>
      <header className="border-line border-b bg-raised">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-3 gap-y-2 px-4 py-2.5">
          <Link to="/" className="flex items-center gap-2 font-semibold">
            <img src="/flame.svg" alt="" className="size-6" />
            Pilotlight
          </Link>
          <nav aria-label="Console" className="flex flex-wrap items-center gap-2">
            <LiveUpdates />
            <ShortcutListener />
            <ThemeSwitch />
            <Button look="quiet" onClick={signOut}>
              Sign out
            </Button>
          </nav>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-6 outline-none">
        <Outlet />
      </main>
      <Toasts />
    </div>
  )
}
