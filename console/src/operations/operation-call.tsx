import { Link } from '@tanstack/react-router'
import type { ConsoleOperationDetails } from '../../../src/contract/console-operations.ts'
import { actionText } from './action-text.ts'
import { OperationStatusText } from './operation-status.tsx'

interface OperationCallProps {
  projectId: string
  operationId: string
  call: ConsoleOperationDetails['call']
}

/** What the same call asked for beside it. Where one fails, those behind it are cancelled. */
export function OperationCall({ projectId, operationId, call }: OperationCallProps) {
  return (
    <section aria-labelledby="call-title">
      <h3 id="call-title" className="mb-1 font-medium text-sm">
        Asked for together, done one after the other
      </h3>
      <ol className="divide-y divide-line rounded-lg border border-line text-sm">
        {call.map(({ id, action, status }) => (
          <li key={id} className="flex flex-wrap justify-between gap-x-4 px-3 py-1.5">
            {id === operationId ? (
              <span aria-current="true" className="font-medium">
                {actionText(action)}
              </span>
            ) : (
              <Link
                to="/projects/$projectId/operations"
                params={{ projectId }}
                search={before => ({ ...before, operation: id })}
                className="text-link underline"
              >
                {actionText(action)}
              </Link>
            )}
            <OperationStatusText status={status} />
          </li>
        ))}
      </ol>
    </section>
  )
}
