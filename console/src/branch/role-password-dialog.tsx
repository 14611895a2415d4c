import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { rolePasswordQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useBranchPlace } from './branch-place.ts'

export function RolePasswordDialog({ role, isOpen }: { role: string; isOpen: boolean }) {
  const { close } = useBranchPlace()
  return (
    <Dialog title={`Password of ${role}`} isOpen={isOpen} onClose={close}>
      <Password role={role} />
    </Dialog>
  )
}

function Password({ role }: { role: string }) {
  const { projectId, branchId } = useBranchPlace()
  const [isShown, setShown] = useState(false)
  const reply = useQuery(rolePasswordQuery(projectId, branchId, role))
  if (reply.isError) return <Problem error={reply.error} />
  if (!reply.data) return <Skeleton lines={1} />
  const { password } = reply.data
  return (
    <div className="space-y-3">
      <p className="break-all rounded-md bg-sunken p-3 font-mono text-sm">
        {isShown ? password : '************'}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setShown(!isShown)} aria-pressed={isShown}>
          {isShown ? 'Hide password' : 'Show password'}
        </Button>
        <CopyButton text={() => password} label="Copy password" />
      </div>
    </div>
  )
}
