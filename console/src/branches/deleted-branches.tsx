import { useQuery } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useFallbackInterval } from '../api/live.ts'
import type { Branch } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'
import { ActionsCell, Cell, Row, Table } from '../ui/table.tsx'
import { deletedBranchesQuery } from './branch-queries.ts'

/** Those whose deletion can be taken back. Where there is none, nothing is shown. */
export function DeletedBranches({ projectId }: { projectId: string }) {
  const refetchInterval = useFallbackInterval(10_000)
  const deleted = useQuery({ ...deletedBranchesQuery(projectId), refetchInterval })
  const recovery = useChange(
    projectId,
    (branch: Branch) =>
      call<typeof routes.recoverBranch>('post', '/projects/{project_id}/branches/{branch_id}/recover', {
        params: { project_id: projectId, branch_id: branch.id },
      }),
    ({ name }) => ({ working: `Recovering ${name}`, done: `${name} is back; its computes sleep` }),
  )
  if (deleted.isError) return <Problem error={deleted.error} retry={() => deleted.refetch()} />
  if (!deleted.data || deleted.data.length === 0) return null
  const nowMs = Date.now()
  return (
    <section aria-labelledby="deleted-title" className="space-y-2">
      <h2 id="deleted-title" className="font-medium text-lg">
        Deleted branches
      </h2>
      <p className="text-ink-soft text-sm">
        They can be recovered with all their data, under their name and with their connection strings, until
        their time is over.
      </p>
      {recovery.isError && <Problem error={recovery.error} />}
      <Table label="Deleted branches" columns={['Branch', 'Deleted', 'Gone for good', null]}>
        {deleted.data.map(branch => (
          <Row key={branch.id}>
            <Cell>
              <span className="break-all font-medium">{branch.name}</span>
              <div className="text-ink-soft text-xs">{branch.id}</div>
            </Cell>
            <Cell>{ageText(branch.recovery!.deleted_at, nowMs)}</Cell>
            <Cell>{ageText(branch.recovery!.recoverable_until, nowMs)}</Cell>
            <ActionsCell>
              <Button
                aria-label={`Recover ${branch.name}`}
                onClick={() => recovery.mutate(branch)}
                disabledBecause={recovery.isPending ? 'One is being recovered' : undefined}
              >
                Recover
              </Button>
            </ActionsCell>
          </Row>
        ))}
      </Table>
    </section>
  )
}
