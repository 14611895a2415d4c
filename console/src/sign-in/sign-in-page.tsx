import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react'
import { send } from '../api/call.ts'
import { type Session, sessionQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'

/** By the link that `up` prints, whose secret stands behind the `#`; or by an API key. */
export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const queries = useQueryClient()
  const [apiKey, setApiKey] = useState('')
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const tried = useRef(false)

  const signIn = useCallback(
    async (secret: { link: string } | { api_key: string }) => {
      setBusy(true)
      setError(undefined)
      try {
        queries.setQueryData(sessionQuery.queryKey, await sessionFrom(secret))
        router.history.push(next ?? '/')
      } catch (problem) {
        // Whoever opens a link again, in the browser that it let in, is in.
        if ('link' in secret && (await isSignedIn(queries))) router.history.push(next ?? '/')
        else setError(problem)
      } finally {
        setBusy(false)
      }
    },
    [router, next, queries],
  )

  useEffect(() => {
    const link = window.location.hash.slice(1)
    if (link === '' || tried.current) return
    // It works once; and it must not stay in the address, which people copy.
    tried.current = true
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    void signIn({ link })
  }, [signIn])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void signIn({ api_key: apiKey })
  }
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-4">
      <h1 className="flex items-center gap-3 font-semibold text-2xl">
        <img src="/flame.svg" alt="" className="size-9" />
        Pilotlight
      </h1>
      <p className="text-ink-soft">
        Open the link that <code>pilotlight up</code> printed, or have another with{' '}
        <code>pilotlight console</code>. An API key works as well.
        {next !== undefined && ' Then you go on where you were.'}
      </p>
      {error !== undefined && <Problem error={error} />}
      <form onSubmit={submit} className="space-y-3">
        <TextField
          label="API key"
          hint="The first one is in <data-dir>/run/api-key."
          type="password"
          autoComplete="off"
          required
          value={apiKey}
          onChange={event => setApiKey(event.target.value)}
        />
        <Button type="submit" look="main" disabledBecause={isBusy ? 'Signing in' : undefined}>
          Sign in
        </Button>
      </form>
    </main>
  )
}

async function isSignedIn(queries: QueryClient): Promise<boolean> {
  const session = await queries.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => undefined)
  return session?.signed_in === true
}

async function sessionFrom(secret: { link: string } | { api_key: string }): Promise<Session> {
  return (await send('post', '/api/console/session', secret)) as Session
}
