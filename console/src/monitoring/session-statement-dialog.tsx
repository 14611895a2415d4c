import { useQuery } from '@tanstack/react-query'
import type { DatabaseSession } from '../../../src/contract/console-monitoring.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { type MonitoredBranch, sessionStatementQuery } from './monitoring-queries.ts'

interface SessionStatementDialogProps {
  of: MonitoredBranch
  session: DatabaseSession
  onClose: () => void
}

/** The default, in bytes: statements in other alphabets are cut sooner, and not said to be. */
const keptChars = 1023

/** What it runs, values and all: it is read when somebody asks for it, and forgotten with the dialog. */
export function SessionStatementDialog({ of, session, onClose }: SessionStatementDialogProps) {
  const reply = useQuery(sessionStatementQuery(of, session))
  const query = reply.data?.query
  return (
    <Dialog
      title={`Process ${session.pid}`}
      description={session.state === 'active' ? 'What it runs now.' : 'What it ran last.'}
      isOpen
      width="wide"
      onClose={onClose}
    >
      {reply.isPending && <Skeleton lines={2} />}
      {reply.isError && <Problem error={reply.error} retry={() => reply.refetch()} />}
      {query === null && (
        <p className="text-sm">There is none, its session has ended, or it sets a password.</p>
      )}
      {query === '' && <p className="text-sm">It has run none yet.</p>}
      {query && (
        <div className="space-y-3">
          <pre className="max-h-96 overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-3 text-xs">
            {query}
          </pre>
          {query.length >= keptChars && (
            <p className="text-ink-soft text-xs">
              Postgres keeps the beginning alone (track_activity_query_size): there may be more.
            </p>
          )}
          <CopyButton text={() => query} label="Copy statement" />
        </div>
      )}
    </Dialog>
  )
}
