import { useQuery } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useFallbackInterval } from '../api/live.ts'
import { type Branch, databasesQuery, rolesQuery } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ActionsCell, Cell, Row, Table } from '../ui/table.tsx'
import { useBranchPlace } from './branch-place.ts'
import { contentsRefusal, databaseRefusal } from './branch-refusals.ts'
import { DatabaseFormDialog } from './database-form-dialog.tsx'

export function DatabasesSection({ branch }: { branch: Branch }) {
  const { projectId, branchId, params, dialog, item = '', show, close } = useBranchPlace()
  const refetchInterval = useFallbackInterval(3000)
  const databases = useQuery({ ...databasesQuery(projectId, branchId), refetchInterval })
  const roles = useQuery(rolesQuery(projectId, branchId))
  const deletion = useChange(
    projectId,
    (name: string) =>
      call<typeof routes.deleteDatabase>(
        'delete',
        '/projects/{project_id}/branches/{branch_id}/databases/{database_name}',
        { params: { ...params, database_name: name } },
      ),
    name => ({ working: `Deleting database ${name}`, done: `Database ${name} is deleted` }),
  )
  const list = databases.data?.databases
  const about = list?.find(({ name }) => name === item)
  const owners = roles.data?.roles.map(({ name }) => name) ?? []
  return (
    <section aria-labelledby="databases-title" className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="databases-title" className="font-medium text-lg">
          Databases
        </h2>
        <Button
          onClick={() => show('add-database')}
          disabledBecause={databaseRefusal(branch, list?.length ?? 0, owners.length)}
        >
          Add database
        </Button>
      </div>
      {databases.isError && <Problem error={databases.error} retry={() => databases.refetch()} />}
      {databases.isPending && <Skeleton />}
      {list?.length === 0 && (
        <Empty title="No database">
          A database holds tables, and belongs to a role. Programs connect to one of them.
        </Empty>
      )}
      {list !== undefined && list.length > 0 && (
        <Table label="Databases" columns={['Database', 'Owner', 'Created', null]}>
          {list.map(database => (
            <Row key={database.name}>
              <Cell>
                <span className="font-medium">{database.name}</span>
              </Cell>
              <Cell>{database.owner_name}</Cell>
              <Cell>{ageText(database.created_at, Date.now())}</Cell>
              <ActionsCell>
                <Button
                  look="quiet"
                  aria-label={`Edit database ${database.name}`}
                  onClick={() => show('edit-database', database.name)}
                  disabledBecause={contentsRefusal(branch)}
                >
                  Edit
                </Button>
                <Button
                  look="quiet"
                  aria-label={`Delete database ${database.name}`}
                  onClick={() => show('delete-database', database.name)}
                  disabledBecause={contentsRefusal(branch)}
                >
                  Delete
                </Button>
              </ActionsCell>
            </Row>
          ))}
        </Table>
      )}
      <DatabaseFormDialog
        key={dialog}
        database={dialog === 'edit-database' ? about : undefined}
        owners={owners}
        isOpen={
          owners.length > 0 &&
          (dialog === 'add-database' || (dialog === 'edit-database' && about !== undefined))
        }
      />
      <ConfirmDialog
        title={`Delete database ${item}`}
        action="Delete database"
        typed={item}
        isOpen={dialog === 'delete-database' && about !== undefined}
        onClose={close}
        confirm={() => deletion.mutateAsync(item)}
      >
        <p>All tables of {item} on this branch go with it, and open sessions in it end.</p>
        <p>
          It cannot be undone as such: only a snapshot, or a moment of the branch's history from before, still
          has it.
        </p>
      </ConfirmDialog>
    </section>
  )
}
