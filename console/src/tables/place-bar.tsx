import { useState } from 'react'
import type { Connection } from '../connect/use-connection.ts'
import { timeText } from '../lib/local-time.ts'
import { isLsn } from '../lib/lsn.ts'
import { MomentDialog } from '../sql/moment-dialog.tsx'
import { Button } from '../ui/button.tsx'
import { useTablesPlace } from './use-tables-place.ts'

interface PlaceBarProps {
  connection: Connection
  /** A moment of the past is wanted. */
  onMoment: (at: string) => void
}

/** Whose tables these are. */
export function PlaceBar({ connection, onMoment }: PlaceBarProps) {
  const { projectId, search, kept, go } = useTablesPlace()
  const [isAsking, setAsking] = useState(false)
  // Another branch has the same table, mostly; a moment is of one branch's past.
  const { at: _, page: __, ...now } = search
  const { branches, branch, databases, database, roles, role } = connection
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => [name, name] as const)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Choice
        label="Branch"
        value={branch.id}
        choices={branches.map(({ id, name }) => [id, name] as const)}
        onChoose={id => go({ ...now, branch: id })}
      />
      <Choice
        label="Database"
        value={database?.name ?? ''}
        choices={names(databases)}
        onChoose={name => go({ ...kept, database: name })}
      />
      <Choice
        label="Role"
        value={role?.name ?? ''}
        choices={names(roles)}
        onChoose={name => go({ ...search, role: name })}
      />
      {kept.at === undefined ? (
        <Button onClick={() => setAsking(true)} title="Look at a moment of the past">
          As of now
        </Button>
      ) : (
        <Past at={kept.at} />
      )}
      {isAsking && (
        <MomentDialog
          place={{ projectId, branch, at: kept.at }}
          onClose={() => setAsking(false)}
          onChoose={at => {
            setAsking(false)
            onMoment(at)
          }}
        />
      )}
    </div>
  )
}

function Past({ at }: { at: string }) {
  const { search, go } = useTablesPlace()
  const { at: _, ...now } = search
  return (
    <span className="inline-flex items-center gap-2 text-sm">
      as of {isLsn(at) ? `LSN ${at}` : timeText(Date.parse(at))}
      <Button onClick={() => go(now)}>Back to now</Button>
    </span>
  )
}

interface ChoiceProps {
  label: string
  value: string
  choices: readonly (readonly [value: string, text: string])[]
  onChoose: (value: string) => void
}

function Choice({ label, value, choices, onChoose }: ChoiceProps) {
  return (
    <label className="inline-flex items-center gap-1.5 text-ink-soft text-sm">
      {label}
      <select
        value={value}
        onChange={event => onChoose(event.target.value)}
        className="max-w-44 rounded-md border border-line bg-raised px-2 py-1.5 text-ink text-sm"
      >
        {choices.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
