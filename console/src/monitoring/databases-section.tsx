import { useQuery } from '@tanstack/react-query'
import { bytesText } from '../lib/bytes.ts'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { type MonitoredBranch, monitoredDatabasesQuery } from './monitoring-queries.ts'
import { shareText } from './value-text.ts'

export function DatabasesSection({ of }: { of: MonitoredBranch }) {
  const reply = useQuery(monitoredDatabasesQuery(of))
  return (
    <section aria-labelledby="databases-title" className="space-y-2">
      <h2 id="databases-title" className="font-medium text-lg">
        Databases
      </h2>
      {reply.isPending && <Skeleton lines={2} />}
      {reply.isError && <Problem error={reply.error} retry={() => reply.refetch()} />}
      {reply.data?.databases && (
        <Table label="Databases" columns={['Database', 'Size', 'Sessions', 'Cache hit rate']}>
          {reply.data.databases.map(({ name, bytes, sessions, hit_rate }) => (
            <Row key={name}>
              <Cell>{name}</Cell>
              <Cell>{bytesText(bytes)}</Cell>
              <Cell>{sessions}</Cell>
              <Cell>{hit_rate === null ? '–' : shareText(hit_rate)}</Cell>
            </Row>
          ))}
        </Table>
      )}
    </section>
  )
}
