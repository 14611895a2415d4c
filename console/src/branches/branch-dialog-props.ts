import type { Branch } from '../api/queries.ts'

export interface BranchDialogProps {
  projectId: string
  branch: Branch
  /** All of the project. */
  branches: Branch[]
  onClose: () => void
}
