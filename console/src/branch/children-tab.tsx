import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFallbackInterval } from '../api/live.ts'
import { branchesQuery } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { useBranchPlace } from './branch-place.ts'

export function ChildrenTab() {
  const { projectId, branchId } = useBranchPlace()
  const refetchInterval = useFallbackInterval(3000)
  const branches = useQuery({ ...branchesQuery(projectId), refetchInterval })
  if (branches.isError) return <Problem error={branches.error} retry={() => branches.refetch()} />
  if (!branches.data) return <Skeleton />
  const children = branches.data.branches.filter(one => one.parent_id === branchId)
  const nowMs = Date.now()
  if (children.length === 0) {
    return (
      <Empty
        title="No children"
        action={
          <Link to="/projects/$projectId/branches" params={{ projectId }} className="text-link underline">
            To the branches
          </Link>
        }
      >
        A child begins with this branch's data as it is, or was, and goes its own way: for a trial, a review,
        a test. This branch notices nothing of it.
      </Empty>
    )
  }
  return (
    <Table label="Children" columns={['Branch', 'Branched off', 'At', 'Size', 'Expires']}>
      {children.map(child => (
        <Row key={child.id}>
          <Cell>
            <Link
              to="/projects/$projectId/branches/$branchId"
              params={{ projectId, branchId: child.id }}
              className="font-medium text-link"
            >
              {child.name}
            </Link>
          </Cell>
          <Cell>{ageText(child.parent_timestamp ?? child.created_at, nowMs)}</Cell>
          <Cell>{child.parent_lsn ? <code>{child.parent_lsn}</code> : '–'}</Cell>
          <Cell>{child.logical_size === undefined ? '–' : bytesText(child.logical_size)}</Cell>
          <Cell>{child.expires_at === undefined ? 'never' : ageText(child.expires_at, nowMs)}</Cell>
        </Row>
      ))}
    </Table>
  )
}
