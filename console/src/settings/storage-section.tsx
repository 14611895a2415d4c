import { useQuery } from '@tanstack/react-query'
import { storageQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { bytesText } from '../lib/bytes.ts'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { useSettingsPlace } from './settings-place.ts'

const kinds = {
  branch: 'branch',
  deleted: 'deleted, recoverable',
  kept: 'from before a restore',
  ephemeral: 'look at the past',
  snapshot: 'snapshot',
} as const

export function StorageSection() {
  const { projectId } = useSettingsPlace()
  const storage = useQuery(storageQuery(projectId))
  const failure = readFailure(storage)
  if (failure) return <Problem error={failure} retry={() => storage.refetch()} />
  if (!storage.data) return <Skeleton />
  const { cloning, cloning_reason, disk_free_bytes, disk_total_bytes, projects } = storage.data
  const data = projects.flatMap(project => project.data)
  return (
    <section aria-labelledby="storage-title" className="space-y-3">
      <div>
        <h2 id="storage-title" className="font-medium text-lg">
          Storage
        </h2>
        <p className="text-ink-soft text-sm">
          {cloning === 'copy' ? 'Branches are full copies' : `Branches share their bytes (${cloning})`}:{' '}
          {cloning_reason}. {bytesText(disk_free_bytes)} of {bytesText(disk_total_bytes)} on the disk are
          free.
        </p>
      </div>
      <Table label="Storage" columns={['Name', 'Kind', 'Size', 'Held alone', 'History']}>
        {data.map(one => (
          <Row key={one.id}>
            <Cell>
              <span className="font-medium">{one.name}</span>
            </Cell>
            <Cell>{kinds[one.kind]}</Cell>
            <Cell>{bytesText(one.bytes)}</Cell>
            <Cell>{bytesText(one.exclusive_bytes)}</Cell>
            <Cell>{bytesText(one.history_bytes)}</Cell>
          </Row>
        ))}
      </Table>
      <p className="text-sm">
        The history of all of them takes <b>{bytesText(sum(data, 'history_bytes'))}</b>, beside{' '}
        <b>{bytesText(sum(data, 'exclusive_bytes'))}</b> that they hold alone. A shorter window gives bytes of
        history back; a longer one grows as it fills.
      </p>
      <p className="text-ink-soft text-xs">
        “Held alone” is what surely nothing else shares: what deleting it would free at least.
      </p>
    </section>
  )
}

function sum<K extends string>(rows: readonly Record<K, number>[], key: K): number {
  return rows.reduce((total, row) => total + row[key], 0)
}
