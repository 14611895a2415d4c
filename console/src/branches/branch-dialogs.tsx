import { useState } from 'react'
import type { Branch } from '../api/queries.ts'
import { Dialog } from '../ui/dialog.tsx'
import { BranchCreateDialog } from './branch-create-dialog.tsx'
import { BranchDeleteDialog } from './branch-delete-dialog.tsx'
import { BranchExpiryDialog } from './branch-expiry-dialog.tsx'
import { BranchRenameDialog } from './branch-rename-dialog.tsx'
import { BranchResetDialog } from './branch-reset-dialog.tsx'
import { BranchRestoreDialog } from './branch-restore-dialog.tsx'
import { BranchRoleDialog } from './branch-role-dialog.tsx'
import type { BranchDialog } from './branches-search.ts'
import { SchemaCompareDialog } from './schema-compare-dialog.tsx'

interface BranchDialogsProps {
  projectId: string
  branches: Branch[]
  dialog: BranchDialog | undefined
  branchId: string | undefined
  close: () => void
}

/** The one that the address names. */
export function BranchDialogs({ projectId, branches, dialog, branchId, close }: BranchDialogsProps) {
  const found = branches.find(({ id, default: isDefault }) =>
    branchId === undefined ? isDefault : id === branchId,
  )
  const [known, setKnown] = useState<Branch>()
  if (found && found !== known) setKnown(found)
  // The news that it is gone may be quicker than the answer to whoever has it deleted.
  const branch = found ?? (dialog === 'delete' && known?.id === branchId ? known : undefined)
  if (dialog === undefined) return null
  if (!branch) {
    return (
      <Dialog title="The branch is gone" isOpen onClose={close}>
        <p>It may have been deleted, or have expired. The list has what is there now.</p>
      </Dialog>
    )
  }
  const props = { projectId, branch, branches, onClose: close }
  switch (dialog) {
    case 'create':
      return <BranchCreateDialog {...props} />
    case 'restore':
      return <BranchRestoreDialog {...props} />
    case 'reset':
      return <BranchResetDialog {...props} />
    case 'rename':
      return <BranchRenameDialog {...props} />
    case 'expire':
      return <BranchExpiryDialog {...props} />
    case 'delete':
      return <BranchDeleteDialog {...props} />
    case 'compare':
      return <SchemaCompareDialog {...props} />
    case 'protect':
    case 'unprotect':
    case 'default':
      return <BranchRoleDialog {...props} role={dialog} />
  }
}
