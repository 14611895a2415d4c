import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useFallbackInterval } from '../api/live.ts'
import { branchesQuery, endpointsQuery, storageQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { BranchDialogs } from './branch-dialogs.tsx'
import { BranchTreeTable } from './branch-tree-table.tsx'
import type { BranchDialog, BranchesSearch } from './branches-search.ts'
import { DeletedBranches } from './deleted-branches.tsx'

export const route = createLazyRoute('/shell/projects/$projectId/branches')({ component: BranchesPage })

function BranchesPage() {
  const { projectId } = useParams({ from: '/shell/projects/$projectId/branches' })
  const { search = '', dialog, branch } = useSearch({ from: '/shell/projects/$projectId/branches' })
  const navigate = useNavigate()
  const refetchInterval = useFallbackInterval(3000)
  const branches = useQuery({ ...branchesQuery(projectId), refetchInterval })
  const endpoints = useQuery({ ...endpointsQuery(projectId), refetchInterval })
  // It reads each file's extents: not to be asked every few seconds.
  const storage = useQuery({ ...storageQuery(projectId), staleTime: 15_000, refetchInterval: 30_000 })
  const go = (to: BranchesSearch, replace = false) =>
    navigate({ to: '/projects/$projectId/branches', params: { projectId }, search: to, replace })
  const searched = search === '' ? {} : { search }
  const open = (which: BranchDialog, id?: string) =>
    void go({ ...searched, dialog: which, ...(id !== undefined && { branch: id }) })
  const error = branches.error ?? endpoints.error
  const retry = () => {
    void branches.refetch()
    void endpoints.refetch()
  }
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl">Branches</h1>
        <div className="flex flex-wrap gap-2">
          <SearchBox
            label="Search branches"
            value={search}
            onChange={text => go(text === '' ? {} : { search: text }, true)}
          />
          <Button look="main" onClick={() => open('create')}>
            New branch
          </Button>
        </div>
      </div>
      {error && <Problem error={error} retry={retry} />}
      {!error && !(branches.data && endpoints.data) && <Skeleton lines={5} />}
      {branches.data && endpoints.data && (
        <>
          <BranchTreeTable
            branches={branches.data.branches}
            endpoints={endpoints.data.endpoints}
            storage={storage.data?.projects[0]?.data}
            search={search}
            open={open}
          />
          {branches.data.branches.length === 1 && (
            <p className="text-ink-soft text-sm">
              A branch is a copy of a database with all its data, made in a moment: for a try, a test, or a
              look at the past. What is written to it never reaches its parent.
            </p>
          )}
          <BranchDialogs
            projectId={projectId}
            branches={branches.data.branches}
            dialog={dialog}
            branchId={branch}
            close={() => void go(searched)}
          />
        </>
      )}
      <DeletedBranches projectId={projectId} />
    </div>
  )
}
