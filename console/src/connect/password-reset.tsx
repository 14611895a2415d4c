import { useState } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { followOperations } from '../api/follow-operations.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

interface PasswordResetProps {
  projectId: string
  branchId: string
  role: string
  /** The new password is in force. */
  onReset: () => unknown
}

/** A button, and the question behind it. */
export function PasswordReset({ projectId, branchId, role, onReset }: PasswordResetProps) {
  const [isOpen, setOpen] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const reset = async () => {
    const { operations } = await call<typeof routes.resetPassword>(
      'post',
      '/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reset_password',
      { params: { project_id: projectId, branch_id: branchId, role_name: role } },
    )
    setBusy(true)
    void followOperations(operations, {
      working: `Giving ${role} a new password`,
      done: `${role} has a new password`,
    }).then(async () => {
      setBusy(false)
      await onReset()
    })
  }
  return (
    <>
      <Button
        onClick={() => setOpen(true)}
        disabledBecause={isBusy ? 'The new password is being set' : undefined}
      >
        Reset password
      </Button>
      <ConfirmDialog
        title={`Reset the password of ${role}?`}
        action="Reset password"
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        confirm={reset}
      >
        <ul className="list-disc space-y-1 pl-5">
          <li>The role gets a new, random password, on this branch alone.</li>
          <li>
            Whoever is connected stays connected. New connections with the old password are refused from then
            on: every application that has it needs the new one.
          </li>
          <li>There is no way back to the old one. A compute that sleeps is woken for it.</li>
        </ul>
      </ConfirmDialog>
    </>
  )
}
