import { useState } from 'react'
import { TextField } from '../ui/field.tsx'
import { areSame, type Quota, quotaFields, quotaOf, quotaTexts } from './quotas.ts'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function QuotaForm({ project }: { project: Project }) {
  const before = quotaTexts(project.settings.quota ?? {})
  const [texts, setTexts] = useState(before)
  const saving = useProjectUpdate(project)
  const { quota, problem } = read(texts)
  return (
    <SettingsForm
      title="Quotas"
      about={
        <p>
          When one of a month is used up, the computes are suspended, their sessions end, and nothing starts
          them until the quota is raised or the next month (UTC) begins. Left empty: unlimited.
        </p>
      }
      saving={saving}
      save={() => quota && saving.mutate({ settings: { quota } })}
      isChanged={quota !== undefined && !areSame(quotaTexts(quota), before)}
      problem={problem}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        {quotaFields.map(({ name, label, hint }) => (
          <TextField
            key={name}
            label={label}
            hint={hint}
            inputMode="decimal"
            placeholder="Unlimited"
            value={texts[name] ?? ''}
            onChange={event => setTexts({ ...texts, [name]: event.target.value })}
          />
        ))}
      </div>
      {problem !== undefined && <p className="text-bad text-sm">{problem}</p>}
    </SettingsForm>
  )
}

function read(texts: Parameters<typeof quotaOf>[0]): { quota?: Quota; problem?: string } {
  try {
    return { quota: quotaOf(texts) }
  } catch (error) {
    return { problem: (error as RangeError).message }
  }
}
