import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SavedQuery } from '../../../../src/contract/console-saved-queries.ts'
import { ageText } from '../../lib/age.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { deleteSavedQuery, savedQueriesQuery } from './saved-queries.ts'

interface SavedQueriesDialogProps {
  projectId: string
  onClose: () => void
  /** Puts it into the editor. */
  onTake: (sql: string) => void
}

export function SavedQueriesDialog({ projectId, onClose, onTake }: SavedQueriesDialogProps) {
  const [search, setSearch] = useState('')
  const saved = useQuery(savedQueriesQuery(projectId))
  const wanted = search.toLowerCase()
  const found = saved.data?.filter(({ name, sql }) => `${name}\n${sql}`.toLowerCase().includes(wanted))
  return (
    <Dialog
      title="Saved queries"
      description="Of this project, for all who work on it."
      isOpen
      onClose={onClose}
      width="wide"
    >
      {saved.isPending && <Skeleton />}
      {saved.isError && <Problem error={saved.error} retry={() => saved.refetch()} />}
      {saved.data?.length === 0 && (
        <Empty title="Nothing is saved yet">
          Write a query, and choose Save: it is then here, in any browser, for everybody who works on the
          project.
        </Empty>
      )}
      {saved.data && saved.data.length > 0 && found && (
        <div className="space-y-3">
          <SearchBox label="Search the saved queries" value={search} onChange={setSearch} />
          <ul className="divide-y divide-line rounded-lg border border-line">
            {found.map(query => (
              <Entry key={query.name} {...{ projectId, query }} take={() => onTake(query.sql)} />
            ))}
          </ul>
          {found.length === 0 && <p className="text-ink-soft text-sm">None of them has that in it.</p>}
        </div>
      )}
    </Dialog>
  )
}

interface EntryProps {
  projectId: string
  query: SavedQuery
  take: () => void
}

function Entry({ projectId, query: { name, sql, updated_at }, take }: EntryProps) {
  const queries = useQueryClient()
  const [isSure, setSure] = useState(false)
  const deletion = useMutation({
    mutationFn: () => deleteSavedQuery({ project_id: projectId, name }),
    onSettled: () => queries.invalidateQueries({ queryKey: savedQueriesQuery(projectId).queryKey }),
  })
  return (
    <li className="flex flex-wrap items-start gap-2 px-3 py-2">
      <button
        type="button"
        onClick={take}
        title="Put it into the editor"
        className="min-w-0 flex-1 basis-48 rounded-md text-left hover:bg-sunken"
      >
        <span className="block break-words font-medium">{name}</span>
        <code className="line-clamp-2 whitespace-pre-wrap break-words text-[13px] text-ink-soft">
          {sql.slice(0, 300)}
        </code>
        <span className="block text-ink-soft text-xs">saved {ageText(updated_at, Date.now())}</span>
      </button>
      {isSure ? (
        <>
          <Button
            look="danger"
            onClick={() => deletion.mutate()}
            disabledBecause={deletion.isPending ? 'It is being deleted' : undefined}
          >
            Delete for all
          </Button>
          <Button onClick={() => setSure(false)}>Keep</Button>
        </>
      ) : (
        <Button look="quiet" aria-label={`Delete ${name}`} onClick={() => setSure(true)}>
          Delete
        </Button>
      )}
      {deletion.isError && <Problem error={deletion.error} />}
    </li>
  )
}
