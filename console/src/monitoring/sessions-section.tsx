import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DatabaseSession } from '../../../src/contract/console-monitoring.ts'
import { ageText } from '../lib/age.ts'
import { Label } from '../ui/label.tsx'
import { Menu } from '../ui/menu.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ActionsCell, Cell, Row, Table } from '../ui/table.tsx'
import { type MonitoredBranch, sessionsQuery } from './monitoring-queries.ts'
import { SessionEndDialog } from './session-end-dialog.tsx'
import { SessionStatementDialog } from './session-statement-dialog.tsx'

const columns = ['Process', 'Role', 'Database', 'Application', 'State', 'Since', 'Waits for', null] as const

/** Not in the address: a session is nothing that somebody would send to somebody else. */
interface Asked {
  session: DatabaseSession
  what: 'statement' | 'cancel' | 'terminate'
}

export function SessionsSection({ of }: { of: MonitoredBranch }) {
  const reply = useQuery(sessionsQuery(of))
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const close = () => setAsked(undefined)
  const nowMs = Date.now()
  const sessions = reply.data?.sessions
  return (
    <section aria-labelledby="sessions-title" className="space-y-2">
      <h2 id="sessions-title" className="font-medium text-lg">
        Sessions
      </h2>
      {reply.isPending && <Skeleton lines={2} />}
      {reply.isError && <Problem error={reply.error} retry={() => reply.refetch()} />}
      {sessions?.length === 0 && (
        <p className="text-ink-soft text-sm">
          Nobody is logged in. Pilotlight’s own sessions are not listed.
        </p>
      )}
      {sessions && sessions.length > 0 && (
        <Table label="Sessions" columns={columns}>
          {sessions.map(session => (
            <Row key={`${session.pid} ${session.started_at}`}>
              <Cell>
                {session.pid} {session.kind !== 'client' && <Label text={session.kind} />}
              </Cell>
              <Cell>{session.role ?? '–'}</Cell>
              <Cell>{session.database ?? '–'}</Cell>
              <Cell>{session.application || '–'}</Cell>
              <Cell>{session.state ?? '–'}</Cell>
              <Cell>
                <span className="whitespace-nowrap">
                  {session.since ? ageText(session.since, nowMs) : '–'}
                </span>
              </Cell>
              <Cell>
                {session.wait ?? '–'}
                {session.blocked_by.length > 0 && (
                  <span className="block text-bad text-xs">held by {session.blocked_by.join(', ')}</span>
                )}
              </Cell>
              <ActionsCell>
                <Menu
                  label={`Actions for process ${session.pid}`}
                  entries={() => [
                    { text: 'Show statement', choose: () => setAsked({ session, what: 'statement' }) },
                    {
                      text: 'Cancel statement',
                      disabledBecause: session.state === 'active' ? undefined : 'It runs none now',
                      choose: () => setAsked({ session, what: 'cancel' }),
                    },
                    {
                      text: 'End session',
                      isDangerous: true,
                      choose: () => setAsked({ session, what: 'terminate' }),
                    },
                  ]}
                />
              </ActionsCell>
            </Row>
          ))}
        </Table>
      )}
      {reply.data?.cut && (
        <p className="text-ink-soft text-sm">There are more. pg_stat_activity has all of them.</p>
      )}
      {asked?.what === 'statement' && (
        <SessionStatementDialog of={of} session={asked.session} onClose={close} />
      )}
      {(asked?.what === 'cancel' || asked?.what === 'terminate') && (
        <SessionEndDialog of={of} session={asked.session} action={asked.what} onClose={close} />
      )}
    </section>
  )
}
