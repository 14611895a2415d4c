import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import type { Branch } from '../api/queries.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { askExplain, askRun, chosenStatements, type ExplainKind, runRefusal } from './ask.ts'
import { DestructionDialog } from './destruction-dialog.tsx'
import type { SqlEditorHandle } from './editor/sql-editor.tsx'
import { errorMarks } from './error-marks.ts'
import { HistoryDialog } from './history-dialog.tsx'
import { momentTitle } from './moment-title.ts'
import { Results } from './results/results.tsx'
import { type Asked, changesNames, historyEntryOf } from './run.ts'
import { RunBar } from './run-bar.tsx'
import { SaveQueryDialog } from './saved/save-query-dialog.tsx'
import { SavedQueriesDialog } from './saved/saved-queries-dialog.tsx'
import { schemaNamesQuery } from './schema-names.ts'
import { type Statement, splitStatements } from './split-statements.ts'
import { momentOf } from './sql-search.ts'
import { destruction, explainRefusal } from './statement-kind.ts'
import { addToHistory, recall, remember, useRemembered } from './tab-memory.ts'
import { useRun } from './use-run.ts'
import type { SqlPlace } from './use-sql-place.ts'

const SqlEditor = lazy(() => import('./editor/sql-editor.tsx'))

/** Rows of a statement, until somebody wants more: enough to look at, and there at once. */
const rowsAtFirst = 10_000

interface OpenDialog {
  kind: 'history' | 'saved' | 'save'
  /** What would be saved. */
  sql: string
}

interface SqlWorkbenchProps {
  projectId: string
  /** Undefined: it is being read. What runs meanwhile goes on, and what came of it stays. */
  place: SqlPlace | undefined
}

/** The editor, its buttons, and what came of the last run. */
export function SqlWorkbench({ projectId, place }: SqlWorkbenchProps) {
  const queries = useQueryClient()
  const editor = useRef<SqlEditorHandle>(null)
  const [draft] = useState(() => recall(queries, 'draft', projectId, ''))
  const [maxRows, setMaxRows] = useRemembered('rows', projectId, rowsAtFirst)
  const [asksFirst, setAsksFirst] = useRemembered('asks-first', projectId, true)
  const [isTouched, setTouched] = useState(false)
  const [dialog, setDialog] = useState<OpenDialog>()
  const [taken, take] = useState<string>()
  const [held, hold] = useState<{ asked: Asked; branch: Branch; warnings: string[] }>()
  const [refusal, setRefusal] = useState<string>()

  const names = useSchemaNames(place, isTouched)
  const { run, isRunning, start, cancel } = useRun(ended => {
    addToHistory(queries, projectId, historyEntryOf(ended))
    // Whoever has written on meanwhile has other text there.
    if (editor.current?.read().text === ended.asked.text) editor.current.mark(errorMarks(ended))
    if (changesNames(ended)) {
      void queries.invalidateQueries({ queryKey: ['sql-names', projectId, ended.asked.query.branch_id] })
    }
    // The compute is awake now.
    void queries.invalidateQueries({ queryKey: ['project', projectId, 'endpoints'] })
  })
  useEscape(isRunning, cancel)

  const notNow = refusalOf(place, isRunning)
  const begin = (asked: Asked) => {
    editor.current?.mark([])
    start(asked)
  }
  const refuse = (why: string | undefined): boolean => {
    setRefusal(why)
    return why !== undefined
  }
  const readText = () => editor.current?.read() ?? { text: '', from: 0, to: 0 }
  const runThem = (statements: Statement[]) => {
    const target = place && targetOf(place, maxRows)
    if (refuse(notNow ?? runRefusal(statements)) || !target) return
    const asked = askRun(statements, target, readText().text, placeText(place))
    const warnings = asksFirst && isPrecious(place) ? warningsOf(statements) : []
    if (warnings.length > 0) hold({ asked, branch: place.branch, warnings })
    else begin(asked)
  }
  const runChosen = () => runThem(chosenStatements(readText()))
  const runAll = () => runThem(splitStatements(readText().text))
  const explain = (kind: ExplainKind) => {
    const target = place && targetOf(place, maxRows)
    const written = readText()
    // Of several the first.
    const [statement] = chosenStatements(written)
    if (refuse(notNow ?? explainRefusal(statement)) || !target || !statement) return
    begin(askExplain(kind, statement, target, written.text, placeText(place)))
  }
  const open = (kind: OpenDialog['kind']) => {
    const { text, from, to } = readText()
    // What is selected, else all of it.
    setDialog({ kind, sql: from === to ? text : text.slice(from, to) })
  }
  const close = () => setDialog(undefined)
  const onTake = (sql: string) => {
    close()
    take(sql)
  }
  useEffect(() => {
    if (taken === undefined) return
    // Behind the dialog's own timer, by which it gives the keyboard back.
    const timer = setTimeout(() => {
      editor.current?.append(taken)
      take(undefined)
    })
    return () => clearTimeout(timer)
  }, [taken])

  return (
    <div className="min-w-0 space-y-4">
      <Suspense fallback={<Skeleton lines={5} />}>
        <SqlEditor
          ref={editor}
          initialText={draft}
          names={names}
          onChange={text => {
            remember(queries, 'draft', projectId, text)
            setRefusal(undefined)
          }}
          onFocus={() => setTouched(true)}
          onRun={runChosen}
          onRunAll={runAll}
          onEscape={() => {
            if (isRunning) cancel()
            return isRunning
          }}
        />
      </Suspense>
      <RunBar
        {...{ isRunning, maxRows, setMaxRows, cancel, explain }}
        disabledBecause={notNow}
        run={runChosen}
        runAll={runAll}
        open={open}
      />
      {refusal !== undefined && (
        <p role="alert" className="text-sm text-warn">
          {refusal}
        </p>
      )}
      {run ? (
        <Results key={run.id} run={run} onGoTo={offset => editor.current?.moveTo(offset)} />
      ) : (
        <FirstSteps />
      )}
      {dialog?.kind === 'history' && <HistoryDialog {...{ projectId, onTake }} onClose={close} />}
      {dialog?.kind === 'saved' && <SavedQueriesDialog {...{ projectId, onTake }} onClose={close} />}
      {dialog?.kind === 'save' && <SaveQueryDialog {...{ projectId }} sql={dialog.sql} onClose={close} />}
      {held && (
        <DestructionDialog
          warnings={held.warnings}
          branch={held.branch}
          onClose={() => hold(undefined)}
          onConfirm={asksAgain => {
            setAsksFirst(asksAgain)
            hold(undefined)
            begin(held.asked)
          }}
        />
      )}
    </div>
  )
}

function FirstSteps() {
  return (
    <div className="rounded-lg border border-line border-dashed p-6 text-ink-soft text-sm">
      <p>
        Ctrl or ⌘ and Enter runs the statement at the cursor, or what is selected; with Shift, all of it. A
        compute that sleeps is woken by it, not by this page.
      </p>
      <p className="mt-2">
        Each run is a session of its own: a SET, a temporary table or a BEGIN holds until its end. What you
        write stays in this tab, unless you save it.
      </p>
    </div>
  )
}

/** Read once somebody is at work here, and only where no compute is woken by it. */
function useSchemaNames(place: SqlPlace | undefined, isTouched: boolean) {
  const { projectId = '', branch, database = '', role = '', endpoint }: Partial<SqlPlace> = place ?? {}
  const isAwake = endpoint?.current_state === 'active'
  const names = useQuery({
    ...schemaNamesQuery({ projectId, branchId: branch?.id ?? '', database, role }),
    enabled: isAwake && isTouched && database !== '' && role !== '',
  })
  return names.data
}

/** Escape cancels, unless something nearer to the keyboard takes it. */
function useEscape(isRunning: boolean, cancel: () => void): void {
  useEffect(() => {
    if (!isRunning) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) cancel()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isRunning, cancel])
}

function refusalOf(place: SqlPlace | undefined, isRunning: boolean): string | undefined {
  if (isRunning) return 'It is running'
  if (!place) return 'The branch is being read'
  const { endpoint, database, role } = place
  if (!endpoint) return 'The branch has no compute'
  if (endpoint.disabled) return 'The compute is disabled'
  if (database === undefined || role === undefined)
    return 'The branch has no database or role yet; they are there once it has started for the first time'
  return undefined
}

function targetOf(place: SqlPlace, maxRows: number) {
  const { projectId, branch, database, role, at, isReadOnly } = place
  if (database === undefined || role === undefined) return undefined
  const moment = at === undefined ? undefined : momentOf(at)
  return {
    ...{ project_id: projectId, branch_id: branch.id, database, role, max_rows: maxRows },
    ...(isReadOnly && { read_only: true }),
    ...(moment && { at: moment }),
  }
}

function placeText({ branch, database, at, isReadOnly }: SqlPlace): string {
  const where = `${database ?? ''} on ${branch.name}`
  if (at !== undefined) return `${where} as of ${momentTitle(at)}`
  return isReadOnly ? `${where}, read-only` : where
}

/** Where a mistake would hurt, and can be made. */
const isPrecious = ({ branch, at, isReadOnly }: SqlPlace): boolean =>
  (branch.default || branch.protected) && at === undefined && !isReadOnly

const warningsOf = (statements: Statement[]): string[] =>
  statements.map(destruction).filter(warning => warning !== undefined)
