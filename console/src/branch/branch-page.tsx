import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useFallbackInterval } from '../api/live.ts'
import { branchesQuery, branchQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Label } from '../ui/label.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useBranchPlace } from './branch-place.ts'
import { branchTabs } from './branch-search.ts'
import { ChildrenTab } from './children-tab.tsx'
import { ComputesTab } from './computes-tab.tsx'
import { DatabasesSection } from './databases-section.tsx'
import { RolesSection } from './roles-section.tsx'
import { SnapshotsTab } from './snapshots-tab.tsx'

export const route = createLazyRoute('/shell/projects/$projectId/branches/$branchId')({
  component: BranchPage,
})

function BranchPage() {
  const { projectId, branchId, tab } = useBranchPlace()
  const refetchInterval = useFallbackInterval(3000)
  const reply = useQuery({ ...branchQuery(projectId, branchId), refetchInterval })
  const branches = useQuery(branchesQuery(projectId))
  const failure = readFailure(reply)
  if (failure) return <Problem error={failure} retry={() => reply.refetch()} />
  if (!reply.data) return <Skeleton lines={6} />
  const { branch } = reply.data
  const parent = branches.data?.branches.find(one => one.id === branch.parent_id)
  const nowMs = Date.now()
  return (
    <div className="space-y-5">
      <header className="space-y-1">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="font-semibold text-2xl">{branch.name}</h1>
          {branch.default && <Label text="default" />}
          {branch.protected && <Label text="protected" />}
          {branch.current_state !== 'ready' && <Label text={branch.current_state} />}
        </div>
        <p className="flex flex-wrap items-center gap-2 text-ink-soft text-sm">
          <code>{branchId}</code> <CopyButton text={() => branchId} label="Copy id" />
        </p>
        <p className="text-ink-soft text-sm">
          {branch.parent_id === undefined ? 'Without a parent' : 'Child of '}
          {parent && (
            <Link
              to="/projects/$projectId/branches/$branchId"
              params={{ projectId, branchId: parent.id }}
              className="text-link underline"
            >
              {parent.name}
            </Link>
          )}
          {branch.parent_id !== undefined && !parent && (branches.data ? 'a deleted branch' : '…')}
          {` · created ${ageText(branch.created_at, nowMs)}`}
          {branch.logical_size !== undefined && ` · ${bytesText(branch.logical_size)}`}
          {branch.expires_at !== undefined && ` · expires ${ageText(branch.expires_at, nowMs)}`}
        </p>
      </header>
      <nav aria-label="Branch" className="overflow-x-auto border-line border-b">
        <ul className="flex gap-1">
          {branchTabs.map(([id, title]) => (
            <li key={id}>
              <Link
                to="/projects/$projectId/branches/$branchId"
                params={{ projectId, branchId }}
                search={id === 'computes' ? {} : { tab: id }}
                activeOptions={{ exact: true }}
                aria-current={id === tab ? 'page' : undefined}
                className="block whitespace-nowrap border-transparent border-b-2 px-3 py-2 text-sm aria-[current=page]:border-flame aria-[current=page]:font-medium"
              >
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {tab === 'computes' && <ComputesTab isProtected={branch.protected} />}
      {tab === 'contents' && (
        <div className="space-y-8">
          <RolesSection branch={branch} />
          <DatabasesSection branch={branch} />
        </div>
      )}
      {tab === 'children' && <ChildrenTab />}
      {tab === 'snapshots' && <SnapshotsTab branch={branch} />}
    </div>
  )
}
