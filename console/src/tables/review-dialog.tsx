import { limits } from '../../../src/contract/limits.ts'
import type { Branch } from '../api/queries.ts'
import { counted, countText } from '../lib/count-text.ts'
import { PostgresError } from '../sql-client/query-results.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { without } from './pending-changes.ts'
import { SqlProblem } from './sql-problem.tsx'
import { isConflict } from './tables-client.ts'
import type { Changes } from './use-pending-changes.ts'

interface ReviewDialogProps {
  branch: Branch
  database: string
  role: string
  changes: Changes
  isOpen: boolean
  onClose: () => void
}

/** Exactly what will be run, before it is. */
export function ReviewDialog({ changes, isOpen, onClose, ...rest }: ReviewDialogProps) {
  return (
    <Dialog
      title={`Save ${counted(changes.count, 'change')}`}
      description="This is the SQL that is run: all of it, in one transaction, or nothing."
      isOpen={isOpen && changes.count > 0}
      // It would go on behind the page.
      onClose={() => !changes.isBusy && onClose()}
      width="wide"
    >
      <Review {...rest} changes={changes} onClose={onClose} />
    </Dialog>
  )
}

function Review({ branch, database, role, changes, onClose }: Omit<ReviewDialogProps, 'isOpen'>) {
  const { statements, saving, renewing, isBusy, change } = changes
  const error = saving.error
  const failed = error instanceof PostgresError ? error.statement : null
  const all = () => `BEGIN;\n${statements.map(({ sql }) => `${sql};`).join('\n')}\nCOMMIT;\n`
  const busyBecause =
    (saving.isPending && 'They are being saved') ||
    (renewing.isPending && 'The rows are being read') ||
    undefined
  return (
    <div className="space-y-4 text-sm">
      <p>
        On branch <strong>{branch.name}</strong>, database <strong>{database}</strong>, as{' '}
        <strong>{role}</strong>.{branch.protected && ' The branch is protected: take care.'}
        {!branch.protected && branch.default && ' This is the project’s default branch: take care.'}
      </p>
      <ol aria-label="Statements" className="max-h-[45dvh] space-y-2 overflow-y-auto">
        {statements.map(({ sql, of }, index) => (
          <li
            key={of.kind === 'insert' ? `insert ${of.number}` : `${of.kind} ${of.id}`}
            className={`flex items-start gap-2 rounded-md border bg-sunken p-2 ${index === failed ? 'border-bad' : 'border-line'}`}
          >
            <pre className="min-w-0 flex-1 overflow-x-auto whitespace-pre-wrap break-words">{sql}</pre>
            <button
              type="button"
              className="shrink-0 text-link text-xs underline"
              aria-label={`Take back change ${index + 1}`}
              onClick={() => !isBusy && change(now => without(now, of))}
            >
              Take back
            </button>
          </li>
        ))}
      </ol>
      {error !== null && <SavingProblem error={error} statement={failed} changes={changes} />}
      {renewing.isError && <SqlProblem error={renewing.error} />}
      <div className="flex flex-wrap gap-2">
        <Button
          look="main"
          disabledBecause={
            statements.length > limits.consoleQueryStatements
              ? `At most ${countText(limits.consoleQueryStatements)} changes are saved at once`
              : busyBecause
          }
          onClick={() => saving.mutate()}
        >
          {saving.isPending ? 'Saving …' : `Save ${counted(statements.length, 'change')}`}
        </Button>
        <CopyButton text={all} label="Copy SQL" />
        <Button disabledBecause={busyBecause} onClick={onClose}>
          Back to the rows
        </Button>
      </div>
    </div>
  )
}

interface SavingProblemProps {
  error: Error
  statement: number | null
  changes: Changes
}

function SavingProblem({ error, statement, changes }: SavingProblemProps) {
  const which = statement === null ? '' : `Statement ${statement + 1} failed. `
  const isInsert = statement !== null && changes.statements[statement]?.of.kind === 'insert'
  if (isConflict(error) && !isInsert) {
    return (
      <div role="alert" className="space-y-2 rounded-lg border border-bad bg-raised p-4">
        <p className="text-bad">{which}Somebody changed or deleted this row meanwhile. Nothing was saved.</p>
        <p>
          Read the rows as they are now: your changes stay, and what you then save is compared with what
          stands there now. If it is always the same row, a trigger or a rule of the table may keep it.
        </p>
        <Button
          onClick={() => changes.renewing.mutate()}
          disabledBecause={changes.renewing.isPending ? 'The rows are being read' : undefined}
        >
          Read the rows anew
        </Button>
      </div>
    )
  }
  if (!(error instanceof PostgresError)) return <Problem error={error} />
  return (
    <div className="space-y-2">
      <p className="text-bad">{which}Nothing was saved.</p>
      <SqlProblem error={error} />
    </div>
  )
}
