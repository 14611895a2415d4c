import type { ReactNode } from 'react'
import type { SettingRow } from '../compute/pg-settings.ts'
import { PgSettingsFields } from '../compute/pg-settings-fields.tsx'
import { PreloadFields } from '../compute/preload-fields.tsx'
import { CheckboxField } from '../ui/checkbox-field.tsx'

export interface PostgresChoice {
  rows: SettingRow[]
  /** Undefined: as the project. */
  libraries: string[] | undefined
}

interface ComputePostgresFieldsProps {
  projectId: string
  major: number
  choice: PostgresChoice
  onChange: (choice: PostgresChoice) => void
  refused: { key: number; text: string } | undefined
  /** The API knows no way back from libraries of its own. */
  hasOwnLibraries: boolean
  ofProject: readonly string[]
}

/** What a compute chooses for its Postgres. */
export function ComputePostgresFields(props: ComputePostgresFieldsProps) {
  const { projectId, major, choice, onChange, refused, hasOwnLibraries, ofProject } = props
  const { rows, libraries } = choice
  return (
    <>
      <Part title="Settings of Postgres" count={rows.length} isOpen={refused !== undefined}>
        <PgSettingsFields
          {...{ rows, major, refused }}
          onChange={some => onChange({ ...choice, rows: some })}
        />
      </Part>
      <Part title="Preloaded libraries" count={libraries?.length ?? ofProject.length} isOpen={false}>
        <div className="space-y-3">
          <CheckboxField
            label="Its own, in place of the project’s"
            hint={
              hasOwnLibraries
                ? 'It has its own for good: choose the same as the project to load the same.'
                : `The project’s: ${ofProject.join(', ') || 'none'}. Once it has its own, it keeps them.`
            }
            checked={libraries !== undefined}
            disabled={hasOwnLibraries}
            onChange={isOwn => onChange({ ...choice, libraries: isOwn ? [...ofProject] : undefined })}
          />
          {libraries && (
            <PreloadFields
              projectId={projectId}
              enabled={libraries}
              onChange={some => onChange({ ...choice, libraries: some })}
            />
          )}
        </div>
      </Part>
    </>
  )
}

interface PartProps {
  title: string
  count: number
  isOpen: boolean
  children: ReactNode
}

/** Most people never open it. */
function Part({ title, count, isOpen, children }: PartProps) {
  return (
    <details open={isOpen || undefined} className="rounded-md border border-line p-3">
      <summary className="cursor-pointer font-medium text-sm">
        {title} <span className="ml-1 font-normal text-ink-soft text-xs">{count === 0 ? 'none' : count}</span>
      </summary>
      <div className="mt-3">{children}</div>
    </details>
  )
}
