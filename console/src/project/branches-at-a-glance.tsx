import { Link } from '@tanstack/react-router'
import type * as routes from '../../../src/contract/routes/index.ts'
import type { Reply } from '../api/call.ts'
import { ComputeState } from '../compute/compute-state.tsx'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'

type Branch = Reply<typeof routes.listBranches>['branches'][number]
type Endpoint = Reply<typeof routes.listEndpoints>['endpoints'][number]

export function BranchesAtAGlance({ branches, endpoints }: { branches: Branch[]; endpoints: Endpoint[] }) {
  const nowMs = Date.now()
  const names = new Map(branches.map(branch => [branch.id, branch.name]))
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-raised">
      <table className="w-full text-left text-sm">
        <thead className="text-ink-soft">
          <tr className="border-line border-b">
            <th className="px-4 py-2 font-medium">Branch</th>
            <th className="px-4 py-2 font-medium">Parent</th>
            <th className="px-4 py-2 font-medium">Compute</th>
            <th className="px-4 py-2 font-medium">Size</th>
            <th className="px-4 py-2 font-medium">Created</th>
          </tr>
        </thead>
        <tbody>
          {branches.map(branch => {
            const endpoint = endpoints.find(one => one.branch_id === branch.id)
            return (
              <tr key={branch.id} className="border-line border-t first:border-t-0">
                <td className="px-4 py-3">
                  <Link
                    to="/projects/$projectId/branches/$branchId"
                    params={{ projectId: branch.project_id, branchId: branch.id }}
                    className="font-medium text-link"
                  >
                    {branch.name}
                  </Link>{' '}
                  {branch.default && <Label text="default" />}{' '}
                  {branch.protected && <Label text="protected" />}
                </td>
                <td className="px-4 py-3">{(branch.parent_id && names.get(branch.parent_id)) ?? '–'}</td>
                <td className="px-4 py-3">
                  {endpoint ? <ComputeState endpoint={endpoint} nowMs={nowMs} /> : 'none'}
                </td>
                <td className="px-4 py-3">
                  {branch.logical_size === undefined ? '–' : bytesText(branch.logical_size)}
                </td>
                <td className="px-4 py-3">{ageText(branch.created_at, nowMs)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function Label({ text }: { text: string }) {
  return <span className="rounded-full border border-line px-2 py-0.5 text-ink-soft text-xs">{text}</span>
}
