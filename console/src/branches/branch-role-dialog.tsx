import type { ReactNode } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import type { Branch } from '../api/queries.ts'
import { useEarlyChange } from '../api/use-early-change.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { branchActions } from './branch-actions.ts'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { earlyBranch, only } from './early-branch.ts'
import { updateBranch } from './update-branch.ts'

type Role = 'protect' | 'unprotect' | 'default'

const texts: Record<
  Role,
  { title: string; action: string; done: string; effect: (branch: Branch) => ReactNode }
> = {
  protect: {
    title: 'Protect',
    action: 'Protect',
    done: 'is protected',
    effect: () => (
      <p>
        It can then neither be deleted nor restored nor reset, and never expires. Branches made of it from now
        on get passwords of their own.
      </p>
    ),
  },
  unprotect: {
    title: 'Unprotect',
    action: 'Unprotect',
    done: 'is no longer protected',
    effect: () => <p>It can then be deleted, restored and reset like any other.</p>,
  },
  default: {
    title: 'Set as default:',
    action: 'Set as default',
    done: 'is the default branch',
    effect: branch => (
      <>
        <p>
          New branches are made of it where no parent is named, and it cannot be deleted. Connection strings
          stay as they are: each names its own branch.
        </p>
        {branch.expires_at !== undefined && <p>It does not expire any more.</p>}
      </>
    ),
  },
}

/** What a branch is to its project. */
export function BranchRoleDialog({ role, ...props }: BranchDialogProps & { role: Role }) {
  const { projectId, branch, branches, onClose } = props
  const { title, action, done, effect } = texts[role]
  const change = useEarlyChange(
    projectId,
    () =>
      role === 'default'
        ? call<typeof routes.setDefaultBranch>(
            'post',
            '/projects/{project_id}/branches/{branch_id}/set_as_default',
            { params: { project_id: projectId, branch_id: branch.id } },
          )
        : updateBranch(projectId, branch.id, { protected: role === 'protect' }),
    () => ({ working: `${title} ${branch.name}`, done: `${branch.name} ${done}` }),
    () =>
      earlyBranch(
        projectId,
        branch.id,
        role === 'default'
          ? one => ({ ...one, default: one.id === branch.id })
          : only(branch.id, one => ({ ...one, protected: role === 'protect' })),
      ),
  )
  const { disabledBecause } = branchActions(branch, branches).find(({ dialog }) => dialog === role) ?? {
    disabledBecause: `It is ${role}ed already`,
  }
  return (
    <ConfirmDialog
      title={`${title} ${branch.name}`}
      action={action}
      look="main"
      isOpen
      onClose={onClose}
      confirm={async () => change.mutate()}
      disabledBecause={disabledBecause}
    >
      {effect(branch)}
    </ConfirmDialog>
  )
}
