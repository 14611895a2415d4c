import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { recentOperationsQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { actionText } from '../operations/action-text.ts'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { branchHistoryQuery } from './branch-queries.ts'
import {
  type ChosenMoment,
  type HistoryWindow,
  historyWindow,
  likelyMoment,
  momentProblem,
  momentShortcuts,
  type WantedMoment,
} from './moment.ts'
import { MomentField } from './moment-field.tsx'

/** While a form stands open, now moves on. */
const windowRefreshMs = 10_000

/** Of the branch whose past is looked at; undefined while it is being read. */
function useHistory(projectId: string, branchId: string) {
  const history = useQuery({ ...branchHistoryQuery(projectId, branchId), refetchInterval: windowRefreshMs })
  return { history, window: history.data && historyWindow(history.data.from, history.dataUpdatedAt) }
}

/** The moment that the form has. A likely one stays where it is, though now moves on. */
export function useMoment(
  projectId: string,
  branchId: string,
  wanted: WantedMoment,
): { moment: ChosenMoment; window: HistoryWindow | undefined } {
  const { window } = useHistory(projectId, branchId)
  const [likely, setLikely] = useState<{ branchId: string; timeMs: number }>()
  if (window && likely?.branchId !== branchId) setLikely({ branchId, timeMs: likelyMoment(window) })
  const likelyMs = likely?.branchId === branchId ? likely.timeMs : undefined
  return { moment: { ...wanted, timeMs: wanted.timeMs === 'likely' ? likelyMs : wanted.timeMs }, window }
}

interface MomentFieldsProps {
  projectId: string
  branchId: string
  chosen: ChosenMoment
  onChange: (chosen: ChosenMoment) => void
}

/** The fields of a time or an LSN; of now there are none. */
export function MomentFields({ projectId, branchId, chosen, onChange }: MomentFieldsProps) {
  const { history, window } = useHistory(projectId, branchId)
  const operations = useQuery(recentOperationsQuery(projectId))
  if (chosen.kind === 'now') return null
  const failure = readFailure(history)
  if (failure) return <Problem error={failure} retry={() => history.refetch()} />
  if (!window) return <Skeleton lines={2} />
  if (chosen.kind === 'lsn') {
    return (
      <TextField
        label="LSN"
        value={chosen.lsn}
        placeholder={history.data?.lsn ?? '0/1DE2850'}
        hint={history.data?.lsn !== undefined && `Its newest is ${history.data.lsn}.`}
        error={chosen.lsn === '' ? undefined : momentProblem(chosen, window)}
        onChange={event => onChange({ ...chosen, lsn: event.target.value.trim() })}
      />
    )
  }
  const keptSeconds = history.data?.history_retention_seconds ?? 0
  if (window.fromMs === undefined) {
    return keptSeconds > 0 ? (
      <p className="text-ink-soft text-sm">
        Its history begins just now: there is no past yet that could be opened.
      </p>
    ) : (
      <p className="text-ink-soft text-sm">
        This project keeps no history, so there is no past to open.{' '}
        <Link
          to="/projects/$projectId/settings"
          params={{ projectId }}
          search={{ section: 'history' }}
          className="text-link underline"
        >
          Its settings
        </Link>{' '}
        say how much is kept from now on.
      </p>
    )
  }
  const changes = (operations.data?.operations ?? [])
    .filter(one => one.branch_id === branchId && !changingNothing.has(one.action))
    .map(one => ({ text: actionText(one.action), atMs: Date.parse(one.created_at) }))
  return (
    <MomentField
      fromMs={window.fromMs}
      untilMs={window.untilMs}
      keptSeconds={keptSeconds}
      timeMs={chosen.timeMs}
      shortcuts={momentShortcuts(window, changes)}
      error={momentProblem(chosen, window)}
      onChange={timeMs => onChange({ ...chosen, timeMs })}
    />
  )
}

/** Nobody goes back behind them: they change nothing of the data, or are its beginning. */
const changingNothing: ReadonlySet<string> = new Set([
  ...['start_compute', 'suspend_compute', 'apply_storage_config'],
  ...['create_timeline', 'create_branch', 'import_data'],
])
