import { useQuery } from '@tanstack/react-query'
import { machineQuery } from '../api/queries.ts'
import { durationText } from '../lib/duration.ts'
import { sizeChoices, sizeText, suspendChoices, withCurrent } from '../lib/setting-choices.ts'
import { ChoiceField } from '../ui/field.tsx'
import { suspendAfterSeconds } from './compute-actions.ts'
import { type ComputeSettings, sizesProblem } from './compute-settings.ts'

interface ComputeFieldsProps {
  settings: ComputeSettings
  onChange: (settings: ComputeSettings) => void
}

export function ComputeFields({ settings, onChange }: ComputeFieldsProps) {
  const machine = useQuery(machineQuery)
  const set = (some: Partial<ComputeSettings>) => onChange({ ...settings, ...some })
  const min = settings.autoscaling_limit_min_cu
  const max = settings.autoscaling_limit_max_cu
  const suspend = settings.suspend_timeout_seconds
  const installation = machine.data ? `: ${suspendText(machine.data.suspend_after_seconds)}` : ''
  const suspends = [[0, `As the installation${installation}`] as const, ...suspendChoices]
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <ChoiceField
          label="Size"
          hint="What it is made for."
          choices={withCurrent(sizeChoices, min, sizeText)}
          value={min}
          onChoose={units => set({ autoscaling_limit_min_cu: units })}
        />
        <ChoiceField
          label="At most"
          hint="What it may take."
          error={sizesProblem(settings)}
          choices={withCurrent(sizeChoices, max, sizeText)}
          value={max}
          onChoose={units => set({ autoscaling_limit_max_cu: units })}
        />
      </div>
      <ChoiceField
        label="Goes to sleep after"
        hint="Without work. The next connection wakes it."
        choices={withCurrent(suspends, suspend, durationText)}
        value={suspend}
        onChoose={seconds => set({ suspend_timeout_seconds: seconds })}
      />
    </>
  )
}

function suspendText(ofInstallation: number): string {
  const seconds = suspendAfterSeconds(0, ofInstallation)
  return seconds === undefined ? 'never' : durationText(seconds)
}
