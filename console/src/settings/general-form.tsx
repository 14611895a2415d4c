import { useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import { timeText } from '../lib/local-time.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { TextField } from '../ui/field.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function GeneralForm({ project }: { project: Project }) {
  const [name, setName] = useState(project.name)
  const saving = useProjectUpdate(project)
  return (
    <SettingsForm
      title="General"
      saving={saving}
      save={() => saving.mutate({ name })}
      isChanged={name !== project.name}
    >
      <TextField
        label="Name"
        required
        value={name}
        maxLength={limits.projectNameChars}
        hint="For people: host names and connection strings stay as they are."
        onChange={event => setName(event.target.value)}
      />
      <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2">
        <div>
          <dt className="text-ink-soft text-xs">Project id</dt>
          <dd className="flex flex-wrap items-center gap-2">
            <code>{project.id}</code> <CopyButton text={() => project.id} label="Copy id" />
          </dd>
        </div>
        <div>
          <dt className="text-ink-soft text-xs">Postgres version</dt>
          <dd>{project.pg_version}</dd>
        </div>
        <div>
          <dt className="text-ink-soft text-xs">Created</dt>
          <dd>{timeText(Date.parse(project.created_at))}</dd>
        </div>
        <div>
          <dt className="text-ink-soft text-xs">Passwords</dt>
          <dd>{project.store_passwords ? 'kept encrypted, and can be shown' : 'not kept'}</dd>
        </div>
      </dl>
    </SettingsForm>
  )
}
