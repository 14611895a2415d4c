import { useState } from 'react'
import { ComputeFields } from '../compute/compute-fields.tsx'
import { computeSettings, sizesProblem } from '../compute/compute-settings.ts'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function ComputeDefaultsForm({ project }: { project: Project }) {
  const before = computeSettings(project.default_endpoint_settings)
  const [settings, setSettings] = useState(before)
  const saving = useProjectUpdate(project)
  return (
    <SettingsForm
      title="Compute defaults"
      about={<p>What new computes begin with. Those that are there keep theirs: see the branch's page.</p>}
      saving={saving}
      save={() => saving.mutate({ default_endpoint_settings: settings })}
      isChanged={
        settings.autoscaling_limit_min_cu !== before.autoscaling_limit_min_cu ||
        settings.autoscaling_limit_max_cu !== before.autoscaling_limit_max_cu ||
        settings.suspend_timeout_seconds !== before.suspend_timeout_seconds
      }
      problem={sizesProblem(settings)}
    >
      <ComputeFields settings={settings} onChange={setSettings} />
    </SettingsForm>
  )
}
