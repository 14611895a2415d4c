import { useQueryClient } from '@tanstack/react-query'
import type { DatabaseSession, EndSession } from '../../../src/contract/console-monitoring.ts'
import { capitalised } from '../lib/capitalised.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { showToast } from '../ui/toasts.tsx'
import { endSession, type MonitoredBranch, sessionsQuery } from './monitoring-queries.ts'

interface SessionEndDialogProps {
  of: MonitoredBranch
  session: DatabaseSession
  action: EndSession['action']
  onClose: () => void
}

export function SessionEndDialog({ of, session, action, onClose }: SessionEndDialogProps) {
  const queries = useQueryClient()
  const { pid, role, application, kind } = session
  const who = `process ${pid}${role === null ? '' : ` of ${role}`}${application ? ` (${application})` : ''}`
  const confirm = async () => {
    const isDone = await endSession(of, session, action)
    const ended = isDone ? 'has ended' : 'was told to end, and does so as soon as Postgres reaches it'
    const text = action === 'cancel' ? `${who}: its statement was cancelled` : `${who} ${ended}`
    showToast({ kind: 'good', text: capitalised(text) })
    await queries.invalidateQueries({ queryKey: sessionsQuery(of).queryKey })
  }
  return action === 'cancel' ? (
    <ConfirmDialog title="Cancel statement" action="Cancel statement" isOpen {...{ onClose, confirm }}>
      <p>
        What {who} runs is stopped with an error, and what its transaction has done so far is rolled back
        unless the client goes on from a savepoint. The session stays.
      </p>
    </ConfirmDialog>
  ) : (
    <ConfirmDialog title="End session" action="End session" isOpen {...{ onClose, confirm }}>
      <p>
        {capitalised(who)} ends with an error, and an open transaction of its is rolled back.{' '}
        {kind === 'client' ? 'Most clients connect again by themselves.' : 'It may begin again by itself.'}
      </p>
    </ConfirmDialog>
  )
}
