import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { databasesQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { fromLocalInput, timeText, toLocalInput } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { type BranchesSearch, branchesSearch } from './branches-search.ts'
import { SplitDiffView } from './split-diff-view.tsx'

/** One side of the comparison: undefined is now. */
interface Asked {
  baseMs: number | undefined
  ms: number | undefined
}

export function SchemaCompareDialog({ onClose, ...rest }: BranchDialogProps) {
  return (
    <Dialog
      title={`Compare the schema of ${rest.branch.name}`}
      description="Tables, views, functions and the like: not the rows. Computes that sleep are woken for it."
      isOpen
      onClose={onClose}
      width="wide"
    >
      <SchemaCompareForm onClose={onClose} {...rest} />
    </Dialog>
  )
}

/** What is compared stands in the address; that it was asked for does not, for computes are woken by it. */
function SchemaCompareForm({ projectId, branch, branches }: BranchDialogProps) {
  const search = useSearch({ from: '/shell/projects/$projectId/branches' })
  const navigate = useNavigate()
  const databases = useQuery(databasesQuery(projectId, branch.id))
  const [asked, setAsked] = useState<Asked>()
  const times: Asked = { baseMs: timeOf(search.base_at), ms: timeOf(search.at) }
  const likely = branches.find(({ id }) => id === branch.parent_id) ?? branch
  const base = branches.find(({ id }) => id === search.base) ?? likely
  const names = databases.data?.databases.map(({ name }) => name)
  const database = names?.find(name => name === search.db) ?? names?.[0]
  const choose = (some: Partial<BranchesSearch>) => {
    setAsked(undefined)
    void navigate({
      to: '/projects/$projectId/branches',
      params: { projectId },
      search: branchesSearch({ ...search, ...some }),
      replace: true,
    })
  }
  const isSame = base.id === branch.id && times.baseMs === times.ms
  const disabledBecause =
    (database === undefined && 'It has no database') ||
    (isSame && 'Both sides are the same: choose another branch, or a time') ||
    undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) setAsked(times)
  }
  const failure = readFailure(databases)
  if (failure) return <Problem error={failure} retry={() => databases.refetch()} />
  if (!names) return <Skeleton lines={3} />
  return (
    <div className="space-y-4">
      <form onSubmit={submit} className="space-y-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <SelectField label="With" value={base.id} onChange={event => choose({ base: event.target.value })}>
            {branches.map(({ id, name }) => (
              <option key={id} value={id}>
                {id === branch.id ? `${name} itself` : name}
                {id === branch.parent_id && ', its parent'}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Database"
            value={database ?? ''}
            onChange={event => choose({ db: event.target.value })}
          >
            {names.map(name => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
          <AsOfField
            label="Left side as of"
            branch={base.name}
            timeMs={times.baseMs}
            onChange={base_at => choose({ base_at })}
          />
          <AsOfField
            label="Right side as of"
            branch={branch.name}
            timeMs={times.ms}
            onChange={at => choose({ at })}
          />
        </div>
        <Button type="submit" look="main" disabledBecause={disabledBecause}>
          Compare
        </Button>
      </form>
      {asked && database !== undefined && (
        <Comparison
          {...{ projectId, database, asked }}
          base={{ id: base.id, name: base.name }}
          branch={{ id: branch.id, name: branch.name }}
        />
      )}
    </div>
  )
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}

interface AsOfFieldProps {
  label: string
  branch: string
  timeMs: number | undefined
  /** Empty: now. */
  onChange: (time: string) => void
}

function AsOfField({ label, branch, timeMs, onChange }: AsOfFieldProps) {
  return (
    <TextField
      label={label}
      type="datetime-local"
      step={1}
      value={timeMs === undefined ? '' : toLocalInput(timeMs)}
      hint={`Of ${branch}, in your time zone. Empty: now.`}
      onChange={event => {
        const ms = fromLocalInput(event.target.value)
        onChange(ms === undefined ? '' : new Date(ms).toISOString())
      }}
    />
  )
}

interface ComparisonProps {
  projectId: string
  database: string
  asked: Asked
  base: { id: string; name: string }
  branch: { id: string; name: string }
}

function Comparison({ projectId, database, asked, base, branch }: ComparisonProps) {
  const comparison = useQuery({
    queryKey: ['schema-comparison', projectId, branch.id, base.id, database, asked],
    queryFn: ({ signal }) =>
      call<typeof routes.compareSchema>(
        'get',
        '/projects/{project_id}/branches/{branch_id}/compare_schema',
        {
          params: { project_id: projectId, branch_id: branch.id },
          query: {
            base_branch_id: base.id,
            db_name: database,
            ...(asked.ms !== undefined && { timestamp: new Date(asked.ms).toISOString() }),
            ...(asked.baseMs !== undefined && { base_timestamp: new Date(asked.baseMs).toISOString() }),
          },
        },
        signal,
      ),
    // It wakes computes: only when somebody asks.
    ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false },
  })
  if (comparison.isPending) return <Skeleton lines={4} />
  if (comparison.isError) return <Problem error={comparison.error} retry={() => comparison.refetch()} />
  const named = (name: string, ms: number | undefined) =>
    ms === undefined ? `${name} now` : `${name}, ${timeText(ms)}`
  if (comparison.data.diff === '') {
    return (
      <p role="status">
        The schemas are the same: {named(base.name, asked.baseMs)} and {named(branch.name, asked.ms)}.
      </p>
    )
  }
  return (
    <SplitDiffView
      diff={comparison.data.diff}
      left={named(base.name, asked.baseMs)}
      right={named(branch.name, asked.ms)}
    />
  )
}
