import { useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import { timeText } from '../lib/local-time.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Fact } from '../ui/fact.tsx'
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
        <Fact name="Project id">
          <span className="inline-flex flex-wrap items-center gap-2">
            <code>{project.id}</code> <CopyButton text={() => project.id} label="Copy id" />
          </span>
        </Fact>
        <Fact name="Postgres version">{project.pg_version}</Fact>
        <Fact name="Created">{timeText(Date.parse(project.created_at))}</Fact>
        <Fact name="Passwords">
          {project.store_passwords ? 'kept encrypted, and can be shown' : 'not kept'}
        </Fact>
      </dl>
    </SettingsForm>
  )
}
