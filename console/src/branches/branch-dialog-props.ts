import type { Branch } from './branch-queries.ts'

export interface BranchDialogProps {
  projectId: string
  branch: Branch
  /** All of the project. */
  branches: Branch[]
  onClose: () => void
}
