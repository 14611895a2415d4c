import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { ConnectSearch } from './connect-search.ts'
import { ConnectionFields } from './connection-fields.tsx'
import { ConnectionSnippets } from './connection-snippets.tsx'
import { useConnection } from './use-connection.ts'

interface ConnectDialogProps {
  projectId: string
  isOpen: boolean
  onClose: () => void
}

export function ConnectDialog({ projectId, isOpen, onClose }: ConnectDialogProps) {
  return (
    <Dialog title="Connect to your database" isOpen={isOpen} onClose={onClose} width="wide">
      <ConnectionDetails projectId={projectId} />
    </Dialog>
  )
}

/** The choice stands in the address: it can be sent to somebody who may see the password, too. */
function ConnectionDetails({ projectId }: { projectId: string }) {
  const search: ConnectSearch = useSearch({ from: '/shell/projects/$projectId/' })
  const navigate = useNavigate()
  const { connection, error } = useConnection(projectId, search)
  const go = (wish: ConnectSearch) =>
    navigate({
      to: '/projects/$projectId',
      params: { projectId },
      search: { ...search, ...wish, connect: true },
      replace: true,
    })
  if (error) return <Problem error={error} />
  if (!connection) return <Skeleton lines={5} />
  const { branch, endpoint, database, role, machine } = connection
  return (
    <div className="space-y-5">
      <ConnectionFields connection={connection} onWish={go} />
      {endpoint && database && role ? (
        <ConnectionSnippets
          key={`${endpoint.id} ${role.name}`}
          projectId={projectId}
          branchId={branch.id}
          endpointId={endpoint.id}
          database={database.name}
          role={role.name}
          machine={machine}
          form={search.as}
          onForm={as => go({ as })}
        />
      ) : (
        <p className="text-ink-soft">
          {endpoint
            ? 'The branch has no database or role yet; they are there once it has started for the first time.'
            : 'Give the branch a compute first: without one nobody can connect to it.'}
        </p>
      )}
      <p className="text-sm">
        <Link to="/projects/$projectId/guides" params={{ projectId }} className="text-link underline">
          Guides
        </Link>{' '}
        tell the rest: settings, tests, migrations, and what sleep means for your framework.
      </p>
    </div>
  )
}
