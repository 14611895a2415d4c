import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ageText } from '../lib/age.ts'
import { durationMsText } from '../lib/duration.ts'
import { timeText } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Empty } from '../ui/empty.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { forgetHistory, type HistoryEntry, useHistory } from './tab-memory.ts'

interface HistoryDialogProps {
  projectId: string
  onClose: () => void
  /** Puts it into the editor. */
  onTake: (sql: string) => void
}

const statusTexts = { done: 'text-good', failed: 'text-bad', cancelled: 'text-warn' } as const

export function HistoryDialog({ projectId, onClose, onTake }: HistoryDialogProps) {
  const queries = useQueryClient()
  const [search, setSearch] = useState('')
  const entries = useHistory(projectId)
  const found = entries.filter(({ sql }) => sql.toLowerCase().includes(search.toLowerCase()))
  return (
    <Dialog
      title="History"
      description="What was run in this tab. It is forgotten with the tab, or when you sign out."
      isOpen
      onClose={onClose}
      width="wide"
    >
      {entries.length === 0 ? (
        <Empty title="Nothing has been run yet">What you run is listed here, with how long it took.</Empty>
      ) : (
        <div className="space-y-3">
          <div className="flex flex-wrap justify-between gap-2">
            <SearchBox label="Search the history" value={search} onChange={setSearch} />
            <Button onClick={() => forgetHistory(queries, projectId)}>Forget all</Button>
          </div>
          <ul className="divide-y divide-line rounded-lg border border-line">
            {found.map(entry => (
              <Entry key={entry.id} entry={entry} take={() => onTake(entry.sql)} />
            ))}
          </ul>
          {found.length === 0 && <p className="text-ink-soft text-sm">None of them has that in it.</p>}
        </div>
      )}
    </Dialog>
  )
}

function Entry({ entry, take }: { entry: HistoryEntry; take: () => void }) {
  const { sql, atMs, place, status, durationMs, outcome } = entry
  return (
    <li>
      <button
        type="button"
        onClick={take}
        title="Put it into the editor"
        className="block w-full px-3 py-2 text-left hover:bg-sunken"
      >
        <code className="line-clamp-3 whitespace-pre-wrap break-words text-[13px]">{sql.slice(0, 500)}</code>
        <span className="mt-1 block text-ink-soft text-xs">
          <span className={statusTexts[status]}>{status}</span>
          {` · ${outcome} · ${durationMsText(durationMs)} · ${place} · `}
          <time dateTime={new Date(atMs).toISOString()} title={timeText(atMs)}>
            {ageText(new Date(atMs).toISOString(), Date.now())}
          </time>
        </span>
      </button>
    </li>
  )
}
