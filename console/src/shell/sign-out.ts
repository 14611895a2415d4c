import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { errorText } from '../api/api-error.ts'
import { send } from '../api/call.ts'
import { closeToasts, showToast } from '../ui/toasts.tsx'

/** Ends the session, forgets what was read and told with it, and leads to the way in. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    try {
      await send('delete', '/api/console/session')
    } catch (error) {
      showToast({ kind: 'bad', text: 'You are still signed in', detail: errorText(error) })
      return
    }
    queries.clear()
    closeToasts()
    await navigate({ to: '/sign-in' })
  }
}
