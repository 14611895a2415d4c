import { useState } from 'react'
import { durationText } from '../lib/duration.ts'
import { sizeChoices, sizesProblem, sizeText, suspendChoices, withCurrent } from '../lib/setting-choices.ts'
import { ChoiceField } from '../ui/field.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

const suspends = [[0, 'As the installation'] as const, ...suspendChoices]

export function ComputeDefaultsForm({ project }: { project: Project }) {
  const now = project.default_endpoint_settings
  const before = {
    min: now.autoscaling_limit_min_cu ?? 0.25,
    max: now.autoscaling_limit_max_cu ?? 0.25,
    suspend: now.suspend_timeout_seconds ?? 0,
  }
  const [min, setMin] = useState(before.min)
  const [max, setMax] = useState(before.max)
  const [suspend, setSuspend] = useState(before.suspend)
  const saving = useProjectUpdate(project)
  const problem = sizesProblem(min, max)
  const save = () =>
    saving.mutate({
      default_endpoint_settings: {
        ...{ autoscaling_limit_min_cu: min, autoscaling_limit_max_cu: max },
        suspend_timeout_seconds: suspend,
      },
    })
  return (
    <SettingsForm
      title="Compute defaults"
      about={<p>What new computes begin with. Those that are there keep theirs: see the branch's page.</p>}
      saving={saving}
      save={save}
      isChanged={min !== before.min || max !== before.max || suspend !== before.suspend}
      problem={problem}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <ChoiceField
          label="Size"
          hint="What a compute is made for."
          choices={withCurrent(sizeChoices, min, sizeText)}
          value={min}
          onChoose={setMin}
        />
        <ChoiceField
          label="At most"
          hint="What it may take."
          error={problem}
          choices={withCurrent(sizeChoices, max, sizeText)}
          value={max}
          onChoose={setMax}
        />
      </div>
      <ChoiceField
        label="Goes to sleep after"
        hint="Without work. The next connection wakes it."
        choices={withCurrent(suspends, suspend, durationText)}
        value={suspend}
        onChoose={setSuspend}
      />
    </SettingsForm>
  )
}
