import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SlowStatement } from '../../../src/contract/console-monitoring.ts'
import { durationMsText } from '../lib/duration.ts'
import { timeText } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { type MonitoredBranch, statementsQuery } from './monitoring-queries.ts'
import { withKeys } from './statement-keys.ts'
import { StatementsOnDialog } from './statements-on-dialog.tsx'
import { countText, shareText } from './value-text.ts'

const columns = ['Statement', 'Calls', 'In all', 'Mean', 'Longest', 'Rows', 'Cache hit rate'] as const

export function StatementsSection({ of, endpointId }: { of: MonitoredBranch; endpointId: string }) {
  const reply = useQuery(statementsQuery(of))
  const [isAsked, setAsked] = useState(false)
  const { data } = reply
  return (
    <section aria-labelledby="statements-title" className="space-y-2">
      <div>
        <h2 id="statements-title" className="font-medium text-lg">
          Slowest statements
        </h2>
        {data?.since != null && (
          <p className="text-ink-soft text-sm">
            By the time they took in all, since {timeText(Date.parse(data.since))}. Values are not kept: they
            stand as $1, $2.
          </p>
        )}
      </div>
      {reply.isPending && <Skeleton lines={2} />}
      {reply.isError && <Problem error={reply.error} retry={() => reply.refetch()} />}
      {data?.missing === 'not_loaded' && (
        <Empty
          title="Statements are not counted"
          action={<Button onClick={() => setAsked(true)}>Turn it on</Button>}
        >
          Postgres counts them with the library pg_stat_statements, which is loaded at a compute’s start.
          Nothing has to be created in your databases.
        </Empty>
      )}
      {data?.missing === 'not_available' && (
        <Empty title="Statements cannot be counted">This Postgres comes without pg_stat_statements.</Empty>
      )}
      {data && data.missing === undefined && data.statements.length === 0 && (
        <p className="text-ink-soft text-sm">None was run yet.</p>
      )}
      {data && data.statements.length > 0 && (
        <Table label="Slowest statements" columns={columns}>
          {withKeys(data.statements).map(([key, statement]) => (
            <StatementRow key={key} statement={statement} />
          ))}
        </Table>
      )}
      {isAsked && <StatementsOnDialog of={of} endpointId={endpointId} onClose={() => setAsked(false)} />}
    </section>
  )
}

function StatementRow({ statement }: { statement: SlowStatement }) {
  const { query, database, role, calls, total_ms, mean_ms, max_ms, rows, hit_rate } = statement
  return (
    <Row>
      <Cell>
        <div className="w-80 lg:w-[28rem]">
          {query === null ? (
            <span className="text-ink-soft">not shown: it sets a password</span>
          ) : (
            <details>
              <summary className="cursor-pointer truncate font-mono text-xs">{oneLine(query)}</summary>
              <pre className="mt-2 max-h-64 overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-2 text-xs">
                {query}
              </pre>
            </details>
          )}
          <span className="text-ink-soft text-xs">
            {role ?? 'a role that is gone'} in {database ?? 'a database that is gone'}
          </span>
        </div>
      </Cell>
      {[countText(calls), ...[total_ms, mean_ms, max_ms].map(msText), countText(rows)].map((text, place) => (
        <Cell key={columns[place + 1]}>
          <span className="whitespace-nowrap tabular-nums">{text}</span>
        </Cell>
      ))}
      <Cell>{hit_rate === null ? '–' : shareText(hit_rate)}</Cell>
    </Row>
  )
}

const oneLine = (query: string): string => query.replace(/\s+/g, ' ').trim()

/** `0.04 ms`: most are shorter than one. */
const msText = (ms: number): string =>
  ms < 10 ? `${Number(ms.toPrecision(2))} ms` : durationMsText(Math.round(ms))
