import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { send } from '../api/call.ts'
import { Button } from '../ui/button.tsx'
import { showToast, Toasts } from '../ui/toasts.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

export function Shell() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const signOut = async () => {
    try {
      await send('delete', '/api/console/session')
    } catch (error) {
      showToast({ kind: 'bad', text: 'You are still signed in', detail: (error as Error).message })
      return
    }
    queries.clear()
    await navigate({ to: '/sign-in' })
  }
  return (
    <div className="min-h-dvh">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-2"
      >
        Skip to the content
      </a>
      <header className="border-line border-b bg-raised">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-3 px-4 py-2.5">
          <Link to="/" className="flex items-center gap-2 font-semibold">
            <img src="/flame.svg" alt="" className="size-6" />
            Pilotlight
          </Link>
          <nav aria-label="Console" className="flex items-center gap-3">
            <ThemeSwitch />
            <Button look="quiet" onClick={signOut}>
              Sign out
            </Button>
          </nav>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-6">
        <Outlet />
      </main>
      <Toasts />
    </div>
  )
}
