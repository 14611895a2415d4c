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
import { contentsRefusal, roleRefusal } from './branch-refusals.ts'
import { RoleCreateDialog } from './role-create-dialog.tsx'
import { RolePasswordDialog } from './role-password-dialog.tsx'

const reserved = 'It belongs to the system'

export function RolesSection({ branch }: { branch: Branch }) {
  const { projectId, branchId, params, dialog, item = '', show, close } = useBranchPlace()
  const refetchInterval = useFallbackInterval(3000)
  const roles = useQuery({ ...rolesQuery(projectId, branchId), refetchInterval })
  const databases = useQuery(databasesQuery(projectId, branchId))
  const reset = useChange(
    projectId,
    (name: string) =>
      call<typeof routes.resetPassword>(
        'post',
        '/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reset_password',
        { params: { ...params, role_name: name } },
      ),
    name => ({ working: `Giving ${name} a new password`, done: `${name} has a new password` }),
  )
  const deletion = useChange(
    projectId,
    (name: string) =>
      call<typeof routes.deleteRole>(
        'delete',
        '/projects/{project_id}/branches/{branch_id}/roles/{role_name}',
        { params: { ...params, role_name: name } },
      ),
    name => ({ working: `Deleting role ${name}`, done: `Role ${name} is deleted` }),
  )
  const owned = (name: string) =>
    databases.data?.databases.filter(one => one.owner_name === name).map(one => one.name) ?? []
  const list = roles.data?.roles
  const known = list?.some(({ name }) => name === item) ?? false
  return (
    <section aria-labelledby="roles-title" className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="roles-title" className="font-medium text-lg">
          Roles
        </h2>
        <Button onClick={() => show('add-role')} disabledBecause={roleRefusal(branch, list?.length ?? 0)}>
          Add role
        </Button>
      </div>
      {roles.isError && <Problem error={roles.error} retry={() => roles.refetch()} />}
      {roles.isPending && <Skeleton />}
      {list?.length === 0 && (
        <Empty title="No role">A role is whom a program connects as: it owns databases, or uses them.</Empty>
      )}
      {list !== undefined && list.length > 0 && (
        <Table label="Roles" columns={['Role', 'Logs in', 'Owns', 'Created', null]}>
          {list.map(role => {
            const databasesOf = owned(role.name)
            const noPassword = role.authentication_method === 'no_login' ? 'It cannot log in' : undefined
            return (
              <Row key={role.name}>
                <Cell>
                  <span className="font-medium">{role.name}</span>
                </Cell>
                <Cell>{noPassword ? 'no' : 'with a password'}</Cell>
                <Cell>{databasesOf.join(', ') || '–'}</Cell>
                <Cell>{ageText(role.created_at, Date.now())}</Cell>
                <ActionsCell>
                  <Button
                    look="quiet"
                    aria-label={`Password of ${role.name}`}
                    onClick={() => show('role-password', role.name)}
                    disabledBecause={noPassword}
                  >
                    Password
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={`Reset password of ${role.name}`}
                    onClick={() => show('reset-password', role.name)}
                    disabledBecause={role.protected ? reserved : (noPassword ?? contentsRefusal(branch))}
                  >
                    Reset
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={`Delete role ${role.name}`}
                    onClick={() => show('delete-role', role.name)}
                    disabledBecause={
                      role.protected ? reserved : (contentsRefusal(branch) ?? ownerReason(databasesOf))
                    }
                  >
                    Delete
                  </Button>
                </ActionsCell>
              </Row>
            )
          })}
        </Table>
      )}
      <RoleCreateDialog isOpen={dialog === 'add-role'} />
      <RolePasswordDialog role={item} isOpen={dialog === 'role-password' && known} />
      <ConfirmDialog
        title={`Give ${item} a new password`}
        action="Reset password"
        isOpen={dialog === 'reset-password' && known}
        onClose={close}
        confirm={() => reset.mutateAsync(item)}
      >
        <p>
          The old password stops working: programs that have it cannot connect any more. Sessions that are
          open go on.
        </p>
        <p>A compute that sleeps is woken for it.</p>
      </ConfirmDialog>
      <ConfirmDialog
        title={`Delete role ${item}`}
        action="Delete role"
        isOpen={dialog === 'delete-role' && known}
        onClose={close}
        confirm={() => deletion.mutateAsync(item)}
        disabledBecause={ownerReason(owned(item))}
      >
        <p>Its sessions end, and nobody can log in as {item} any more. This cannot be undone.</p>
        <p>Tables and whatever else it owns go to the owner of the database in which they are.</p>
      </ConfirmDialog>
    </section>
  )
}

function ownerReason(databases: string[]): string | undefined {
  return databases.length === 0
    ? undefined
    : `It owns ${databases.join(', ')}: give that to another role first`
}
