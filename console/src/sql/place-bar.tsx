import { useState } from 'react'
import { ComputeState } from '../compute/compute-state.tsx'
import { Button } from '../ui/button.tsx'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { SelectField } from '../ui/field.tsx'
import { MomentDialog } from './moment-dialog.tsx'
import { momentTitle } from './moment-title.ts'
import type { SqlSearch } from './sql-search.ts'
import type { SqlPlace } from './use-sql-place.ts'

interface PlaceBarProps {
  place: SqlPlace
  choose: (some: { [Name in keyof SqlSearch]?: SqlSearch[Name] | undefined }) => void
}

/** Whom the SQL goes to, and of when. */
export function PlaceBar({ place, choose }: PlaceBarProps) {
  const { branches, branch, endpoint, databases, database, roles, role, at, isReadOnly } = place
  const [isMomentOpen, openMoment] = useState(false)
  return (
    <section aria-label="Where" className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <SelectField
          label="Branch"
          value={branch.id}
          onChange={event =>
            // What of it the other branch has not is chosen anew; a moment is of one branch's past.
            choose({ branch: event.target.value, at: undefined })
          }
        >
          {branches.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Database"
          value={database ?? ''}
          onChange={event => choose({ database: event.target.value })}
        >
          {databases.map(name => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <SelectField label="Role" value={role ?? ''} onChange={event => choose({ role: event.target.value })}>
          {roles.map(name => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      </div>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
        {endpoint ? <ComputeState endpoint={endpoint} nowMs={Date.now()} /> : 'No compute'}
        <span className="inline-flex flex-wrap items-center gap-2">
          {at === undefined ? (
            <Button onClick={() => openMoment(true)}>Look into the past</Button>
          ) : (
            <>
              <Button onClick={() => openMoment(true)}>As of {momentTitle(at)}</Button>
              <Button onClick={() => choose({ at: undefined })}>Back to now</Button>
            </>
          )}
        </span>
        <CheckboxField
          label={at === undefined ? 'Read-only' : 'Read-only: the past cannot be changed'}
          checked={isReadOnly || at !== undefined}
          disabled={at !== undefined}
          onChange={isOn => choose({ read_only: isOn ? true : undefined })}
        />
      </div>
      {isMomentOpen && (
        <MomentDialog
          place={place}
          onClose={() => openMoment(false)}
          onChoose={moment => {
            openMoment(false)
            choose({ at: moment })
          }}
        />
      )}
    </section>
  )
}
