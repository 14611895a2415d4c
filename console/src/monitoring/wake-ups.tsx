import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { WakeUp } from '../../../src/contract/console-monitoring.ts'
import { capitalised } from '../lib/capitalised.ts'
import { durationMsText } from '../lib/duration.ts'
import { timeText } from '../lib/local-time.ts'
import { askerText } from '../operations/cause-text.ts'
import { Button } from '../ui/button.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'

const shownAtFirst = 10

interface WakeUpsProps {
  projectId: string
  wakeUps: readonly WakeUp[]
  isComplete: boolean
}

export function WakeUps({ projectId, wakeUps, isComplete }: WakeUpsProps) {
  const [isAll, setAll] = useState(false)
  const shown = isAll ? wakeUps : wakeUps.slice(0, shownAtFirst)
  return (
    <div className="space-y-2">
      <h3 className="font-medium">Wake-ups</h3>
      {wakeUps.length === 0 && <p className="text-ink-soft text-sm">It was not woken in this time.</p>}
      {wakeUps.length > 0 && (
        <Table label="Wake-ups" columns={['When', 'By whom', 'Took']}>
          {shown.map(({ operation_id, at, took_ms, error, cause }) => (
            <Row key={operation_id}>
              <Cell>
                <Link
                  to="/projects/$projectId/operations"
                  params={{ projectId }}
                  search={{ operation: operation_id }}
                  className="whitespace-nowrap text-link"
                >
                  {timeText(Date.parse(at))}
                </Link>
              </Cell>
              <Cell>
                {capitalised(askerText(cause))}
                {error !== undefined && <span className="block text-bad text-xs">It failed: {error}</span>}
              </Cell>
              <Cell>
                <span className="whitespace-nowrap tabular-nums">{durationMsText(took_ms)}</span>
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {!isAll && wakeUps.length > shown.length && (
        <Button onClick={() => setAll(true)}>Show all {wakeUps.length}</Button>
      )}
      {!isComplete && (
        <p className="text-ink-soft text-sm">
          There were more, earlier: of those, and of the sleep between them, nothing is shown.
        </p>
      )}
    </div>
  )
}
