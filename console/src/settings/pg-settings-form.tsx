import { useState } from 'react'
import { areSame, refusedRow, rowsOf, rowsProblem, settingsOf } from '../compute/pg-settings.ts'
import { PgSettingsFields } from '../compute/pg-settings-fields.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function PgSettingsForm({ project }: { project: Project }) {
  const before = project.default_endpoint_settings.pg_settings
  const [rows, setRows] = useState(() => rowsOf(before))
  const saving = useProjectUpdate(project)
  const refused = refusedRow(saving.error?.message, rows)
  return (
    <SettingsForm
      title="Settings of Postgres"
      about={
        <p>
          What new computes begin with. Those that are there keep theirs: see <em>Edit</em> on a branch’s
          page.
        </p>
      }
      saving={refused ? { ...saving, error: null } : saving}
      save={() => saving.mutate({ default_endpoint_settings: { pg_settings: settingsOf(rows) } })}
      isChanged={!areSame(rows, before)}
      problem={rowsProblem(rows)}
    >
      <PgSettingsFields
        {...{ rows, refused }}
        major={project.pg_version}
        onChange={some => {
          saving.reset()
          setRows(some)
        }}
      />
    </SettingsForm>
  )
}
