import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { counted } from '../../lib/count-text.ts'
import { durationMsText } from '../../lib/duration.ts'
import { PostgresProblem } from '../../sql-client/postgres-problem.tsx'
import type { QueryResult } from '../../sql-client/query-results.ts'
import { Problem } from '../../ui/problem.tsx'
import type { Run, RunStatement } from '../run.ts'
import { ResultPane } from './result-pane.tsx'

interface ResultsProps {
  run: Run
  /** Puts the cursor where an error is. */
  onGoTo: (offset: number) => void
}

interface Shown {
  key: string
  result: QueryResult
  statement: RunStatement
}

/** What each statement of a run gave, in a tab of its own; the latest one, until somebody has chosen. */
export function Results({ run, onGoTo }: ResultsProps) {
  const [chosen, choose] = useState<string>()
  const shown: Shown[] = run.answer.results.flatMap((result, index) => {
    const statement = run.asked.statements[result.statement]
    return statement ? [{ key: `${run.id}-${index}`, result, statement }] : []
  })
  const latest = shown.findLast(({ result }) => result.error) ?? shown.findLast(hasRows) ?? shown.at(-1)
  const open = shown.find(({ key }) => key === chosen) ?? latest
  const pane = open && (
    <ResultPane key={open.key} result={open.result} statement={open.statement} {...{ run, onGoTo }} />
  )
  return (
    <section aria-label="Results" className="min-w-0 space-y-3">
      <RunSummary run={run} />
      {run.problem !== undefined && run.state === 'failed' && <Problem error={run.problem} />}
      {run.answer.error && <PostgresProblem error={run.answer.error} />}
      {open && shown.length > 1 && (
        <Tabs.Root value={open.key} onValueChange={choose}>
          <Tabs.List
            aria-label="Statements"
            className="flex gap-1 overflow-x-auto border-line border-b pb-px"
          >
            {shown.map(({ key, result, statement }, index) => (
              <Tabs.Trigger
                key={key}
                value={key}
                title={statement.head}
                className="max-w-60 shrink-0 truncate border-transparent border-b-2 px-3 py-1.5 text-left text-sm outline-offset-[-2px] data-[state=active]:border-flame data-[state=active]:font-medium"
              >
                {index + 1}:{' '}
                {result.error ? <span className="text-bad">failed</span> : tabText(result, run.state)}
                <span className="block truncate font-mono text-ink-soft text-xs">{statement.head}</span>
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <Tabs.Content value={open.key} className="pt-3">
            {pane}
          </Tabs.Content>
        </Tabs.Root>
      )}
      {shown.length === 1 && pane}
    </section>
  )
}

const hasRows = ({ result }: Shown): boolean => result.columns !== undefined

function tabText({ columns, rows, command }: QueryResult, state: Run['state']): string {
  if (columns) return counted(rows.length, 'row')
  return command ?? (state === 'running' ? 'running' : 'stopped')
}

/** One line on the whole. What changes all the time is not read out, what became of it is. */
function RunSummary({ run }: { run: Run }) {
  return (
    <div role="status" className="space-y-1 text-sm">
      {run.state === 'running' ? <Progress run={run} /> : <Outcome run={run} />}
    </div>
  )
}

function Progress({ run: { answer, elapsedMs } }: { run: Run }) {
  const rows = answer.results.reduce((count, result) => count + result.rows.length, 0)
  return (
    <p className="text-ink-soft tabular-nums">
      {answer.connected ? 'Running' : 'Connecting'}
      <span aria-hidden="true">
        {` · ${durationMsText(elapsedMs)}${rows > 0 ? ` · ${counted(rows, 'row')} so far` : ''}`}
      </span>
      {' · Escape cancels'}
    </p>
  )
}

function Outcome({ run: { state, elapsedMs, answer, asked } }: { run: Run }) {
  // Explain Analyze puts a transaction around it.
  const isOwn = asked.statements.every(Boolean)
  const facts = [
    { running: undefined, done: 'Done', failed: 'Failed', cancelled: 'Cancelled' }[state],
    durationMsText(answer.end?.ms ?? elapsedMs),
    answer.connected &&
      `${answer.connected.woke ? 'woke' : 'connected'} in ${durationMsText(answer.connected.ms)}`,
    asked.place,
  ]
  return (
    <>
      <p className="text-ink-soft">{facts.filter(Boolean).join(' · ')}</p>
      {!isOwn && state === 'done' && <p>It was carried out to measure it, and then rolled back.</p>}
      {answer.end?.rolledBack === true && isOwn && (
        <p className="text-warn">
          A transaction was left open, and was rolled back: what it changed is not kept. End it with COMMIT in
          the same run.
        </p>
      )}
      {state === 'cancelled' && <p>What had been committed before stays; what ran was stopped.</p>}
    </>
  )
}
