import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { ageText } from '../lib/age.ts'
import { durationText } from '../lib/duration.ts'
import { fromLocalInput, timeText, toLocalInput, utcText } from '../lib/local-time.ts'
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
} from './moment.ts'

/** Of the branch whose past is looked at; undefined while it is being read. */
export function useHistoryWindow(projectId: string, branchId: string): HistoryWindow | undefined {
  const history = useQuery(branchHistoryQuery(projectId, branchId))
  return history.data && historyWindow(history.data.from, history.dataUpdatedAt)
}

/** What stands in the form until somebody has touched it. */
export function withLikelyTime(chosen: ChosenMoment, window: HistoryWindow | undefined): ChosenMoment {
  if (chosen.kind !== 'time' || chosen.timeMs !== undefined || !window) return chosen
  return { ...chosen, timeMs: likelyMoment(window) }
}

interface MomentFieldsProps {
  projectId: string
  branchId: string
  chosen: ChosenMoment
  onChange: (chosen: ChosenMoment) => void
}

/** The fields of a time or an LSN; of now there are none. */
export function MomentFields({ projectId, branchId, chosen, onChange }: MomentFieldsProps) {
  const history = useQuery(branchHistoryQuery(projectId, branchId))
  const window = history.data && historyWindow(history.data.from, history.dataUpdatedAt)
  if (chosen.kind === 'now') return null
  if (history.isError) return <Problem error={history.error} retry={() => history.refetch()} />
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
  if (window.fromMs === undefined) {
    return (
      <p className="text-ink-soft text-sm">
        This branch has no past that can be opened: it keeps none, or begins just now.
      </p>
    )
  }
  return (
    <TimeField
      fromMs={window.fromMs}
      untilMs={window.untilMs}
      keptSeconds={history.data?.history_retention_seconds ?? 0}
      timeMs={chosen.timeMs}
      error={momentProblem(chosen, window)}
      onChange={timeMs => onChange({ ...chosen, timeMs })}
    />
  )
}

interface TimeFieldProps {
  fromMs: number
  untilMs: number
  keptSeconds: number
  timeMs: number | undefined
  error: string | undefined
  onChange: (timeMs: number | undefined) => void
}

function TimeField({ fromMs, untilMs, keptSeconds, timeMs, error, onChange }: TimeFieldProps) {
  const id = useId()
  return (
    <div className="space-y-2">
      <TextField
        label="Time"
        type="datetime-local"
        step={1}
        min={toLocalInput(fromMs)}
        max={toLocalInput(untilMs)}
        value={timeMs === undefined ? '' : toLocalInput(timeMs)}
        error={error}
        hint={
          timeMs === undefined
            ? 'In your time zone.'
            : `In your time zone; ${utcText(timeMs)}, ${ageText(new Date(timeMs).toISOString(), untilMs)}.`
        }
        onChange={event => onChange(fromLocalInput(event.target.value))}
      />
      <input
        type="range"
        aria-label="Time within the history"
        aria-describedby={id}
        aria-valuetext={timeMs === undefined ? 'none' : timeText(timeMs)}
        min={fromMs}
        max={untilMs}
        step={1000}
        value={timeMs ?? untilMs}
        onChange={event => onChange(Number(event.target.value))}
        className="w-full accent-flame"
      />
      <div id={id} className="flex flex-wrap justify-between gap-x-4 text-ink-soft text-xs">
        <span>History from {timeText(fromMs)}</span>
        <span>kept for {durationText(keptSeconds)}</span>
        <span>now</span>
      </div>
    </div>
  )
}
