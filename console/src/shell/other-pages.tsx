import { type ErrorComponentProps, Link } from '@tanstack/react-router'
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

export function ProblemPage({ error, reset }: ErrorComponentProps) {
  return (
    <main className="mx-auto max-w-lg space-y-4 p-8">
      <h1 className="font-semibold text-xl">This page could not be shown</h1>
      <Problem error={error} retry={reset} />
    </main>
  )
}
