import { limits } from '../../../../src/contract/limits.ts'
import { ResultGrid } from '../../grid/result-grid.tsx'
import { bytesText } from '../../lib/bytes.ts'
import { counted } from '../../lib/count-text.ts'
import { durationMsText } from '../../lib/duration.ts'
import { PostgresProblem } from '../../sql-client/postgres-problem.tsx'
import type { QueryResult } from '../../sql-client/query-results.ts'
import { Button } from '../../ui/button.tsx'
import { errorPlace } from '../error-marks.ts'
import { planTextOf } from '../plan/plan-text.ts'
import { PlanView } from '../plan/plan-view.tsx'
import type { Run, RunStatement } from '../run.ts'
import { lineText } from '../text-position.ts'
import { ExportButtons } from './export-buttons.tsx'
import { Notices } from './notices.tsx'

interface ResultPaneProps {
  run: Run
  result: QueryResult
  statement: RunStatement
  onGoTo: (offset: number) => void
}

/** What one statement gave: its rows, its plan, or what is wrong with it. */
export function ResultPane({ run, result, statement, onGoTo }: ResultPaneProps) {
  const { columns, rows, error, notices } = result
  const planText = planTextOf(result)
  const place = errorPlace(result, statement)
  return (
    <div className="space-y-3">
      <Notices notices={notices} />
      {error && (
        <PostgresProblem error={error}>
          {place !== undefined && (
            <Button onClick={() => onGoTo(place)}>Show {lineText(run.asked.text, place)}</Button>
          )}
        </PostgresProblem>
      )}
      {planText !== undefined && <PlanView json={planText} />}
      {columns && planText === undefined && (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="text-sm">{factsOf(result)}</p>
            {result.ms !== undefined && (
              <ExportButtons columns={columns} rows={rows} isCut={result.cut !== undefined} />
            )}
          </div>
          {result.cut && <p className="text-sm text-warn">{cutText(result, run)}</p>}
          {columns.length > 0 && <ResultGrid label="Rows" columns={columns} rows={rows} />}
        </>
      )}
      {!columns && result.command !== undefined && <p className="text-sm">{factsOf(result)}</p>}
    </div>
  )
}

function factsOf({ command, columns, rows, ms }: QueryResult): string {
  return [
    // The rows are counted behind it.
    columns ? command?.replace(/( \d+)+$/, '') : command,
    columns && counted(rows.length, 'row'),
    columns && columns.length > 1 && counted(columns.length, 'column'),
    ms !== undefined && durationMsText(ms),
  ]
    .filter(Boolean)
    .join(' · ')
}

function cutText({ cut, rows }: QueryResult, run: Run): string {
  const shown = counted(rows.length, 'row')
  if (cut === 'bytes') {
    return `There is more: only the first ${shown} are here, which are ${bytesText(limits.consoleQueryBytes)}. Ask for fewer columns or rows, or use psql’s \\copy.`
  }
  const most = run.asked.query.max_rows ?? limits.consoleQueryRows
  const remedy =
    most < limits.consoleQueryRows ? 'Raise the limit, or add a WHERE.' : 'Add a WHERE, or use psql’s \\copy.'
  return `There is more: only the first ${shown} are here. ${remedy}`
}
