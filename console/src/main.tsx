import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/api-error.ts'
import { makeRouter } from './router.tsx'
import { applyTheme } from './shell/theme.ts'
import './styles.css'

applyTheme()

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused it refuses again; only one that does not answer is asked once more.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
      staleTime: 2000,
    },
    // The API's answers may have passwords and keys in them: they go with the form that asked.
    mutations: { gcTime: 0 },
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
