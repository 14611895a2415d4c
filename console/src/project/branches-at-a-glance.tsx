import { Link } from '@tanstack/react-router'
import type { Branch, Endpoint } from '../api/queries.ts'
import { ComputeState } from '../compute/compute-state.tsx'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'
import { Label } from '../ui/label.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'

const columns = ['Branch', 'Parent', 'Compute', 'Size', 'Created'] as const

export function BranchesAtAGlance({ branches, endpoints }: { branches: Branch[]; endpoints: Endpoint[] }) {
  const nowMs = Date.now()
  const names = new Map(branches.map(branch => [branch.id, branch.name]))
  const computes = new Map(
    endpoints.filter(({ type }) => type === 'read_write').map(endpoint => [endpoint.branch_id, endpoint]),
  )
  const inOrder = branches.toSorted((a, b) => Number(b.default) - Number(a.default))
  return (
    <Table label="Branches at a glance" columns={columns}>
      {inOrder.map(branch => {
        const endpoint = computes.get(branch.id)
        return (
          <Row key={branch.id}>
            <Cell>
              <Link
                to="/projects/$projectId/branches/$branchId"
                params={{ projectId: branch.project_id, branchId: branch.id }}
                className="font-medium text-link"
              >
                {branch.name}
              </Link>{' '}
              {branch.default && <Label text="default" />} {branch.protected && <Label text="protected" />}
            </Cell>
            <Cell>{(branch.parent_id && names.get(branch.parent_id)) ?? '–'}</Cell>
            <Cell>{endpoint ? <ComputeState endpoint={endpoint} nowMs={nowMs} /> : 'none'}</Cell>
            <Cell>{branch.logical_size === undefined ? '–' : bytesText(branch.logical_size)}</Cell>
            <Cell>{ageText(branch.created_at, nowMs)}</Cell>
          </Row>
        )
      })}
    </Table>
  )
}
