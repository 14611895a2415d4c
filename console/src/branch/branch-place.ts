import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { BranchPageDialog, BranchPageSearch, BranchTab } from './branch-search.ts'

const from = '/shell/projects/$projectId/branches/$branchId'

/** Where on which branch's page we are, and the way to its dialogs. */
export function useBranchPlace() {
  const { projectId, branchId } = useParams({ from })
  const { tab, dialog, item } = useSearch({ from })
  const navigate = useNavigate()
  const go = (search: BranchPageSearch) =>
    navigate({
      to: '/projects/$projectId/branches/$branchId',
      params: { projectId, branchId },
      search: { ...(tab && { tab }), ...search },
    })
  return {
    projectId,
    branchId,
    params: { project_id: projectId, branch_id: branchId },
    tab: tab ?? ('computes' satisfies BranchTab),
    dialog,
    item,
    show: (wanted: BranchPageDialog, about?: string) =>
      void go({ dialog: wanted, ...(about !== undefined && { item: about }) }),
    close: () => void go({}),
  }
}
