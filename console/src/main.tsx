import {
  MutationCache,
  notifyManager,
  QueryCache,
  QueryClient,
  QueryClientProvider,
} from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/api-error.ts'
import { sessionQuery } from './api/queries.ts'
import { makeRouter } from './router.tsx'
import { applyTheme } from './shell/theme.ts'
import './styles.css'

applyTheme()
// What is under way disables its button before the next click is heard, and not a timer later: nothing is sent twice.
notifyManager.setScheduler(queueMicrotask)

/** A session that has ended leads to the way in: the page would go on asking, and each time count as a wrong key. */
const onError = (error: Error) => {
  if (!(error instanceof ApiError) || error.status !== 401) return
  queries.removeQueries({ queryKey: sessionQuery.queryKey })
  void router.invalidate()
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // Whether there is a network says nothing of the way to Pilotlight, which may run on this machine.
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      // What the server refused it refuses again; only one that does not answer is asked once more.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
      staleTime: 2000,
    },
    // The API's answers may have passwords and keys in them: they go with the form that asked.
    mutations: { networkMode: 'always', gcTime: 0 },
  },
})
const router = makeRouter(queries)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
