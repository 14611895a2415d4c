import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'

export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-lg p-8">
      <h1 className="font-semibold text-xl">There is no such page</h1>
      <p className="mt-2 text-ink-soft">The address may be mistyped, or what it named is gone.</p>
      <p className="mt-4">
        <Link to="/" className="text-link underline">
          To the projects
        </Link>
      </p>
    </main>
  )
}

/** Each browser has its own words for a part of the console that is no longer there. */
const lostPart = /dynamically imported module|Importing a module script failed|Unable to preload/i

/** In place of a page that broke. Everything around it stays. */
export function ProblemPage({ error }: ErrorComponentProps) {
  const router = useRouter()
  const isLost = error instanceof Error && lostPart.test(error.message)
  return (
    <div className="mx-auto max-w-lg space-y-4 py-8">
      <h1 className="font-semibold text-xl">This page could not be shown</h1>
      {isLost ? (
        <>
          <p role="alert">
            A part of the console could not be loaded. Pilotlight may have been updated since this page was
            opened, or does not run.
          </p>
          <Button look="main" onClick={() => window.location.reload()}>
            Load it anew
          </Button>
        </>
      ) : (
        <>
          {/* Not the boundary's own reset: it would show once more what was found before. */}
          <Problem error={error} retry={() => router.invalidate()} />
          <p className="text-sm">
            <Link to="/" className="text-link underline">
              To the projects
            </Link>
          </p>
        </>
      )}
    </div>
  )
}
