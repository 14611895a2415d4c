import { useState } from 'react'
import { durationText } from '../lib/duration.ts'
import { historyChoices, withCurrent } from '../lib/setting-choices.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { ChoiceField } from '../ui/field.tsx'
import { SettingsForm } from './settings-form.tsx'
import { useSettingsPlace } from './settings-place.ts'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function HistoryForm({ project }: { project: Project }) {
  const { dialog, show, close } = useSettingsPlace()
  const [seconds, setSeconds] = useState(project.history_retention_seconds)
  const saving = useProjectUpdate(project)
  const isShorter = seconds < project.history_retention_seconds
  const save = () => saving.mutateAsync({ history_retention_seconds: seconds })
  return (
    <>
      <SettingsForm
        title="History"
        about={
          <p>
            How far back any moment of a branch can be opened, branched off or restored. A longer one begins
            to grow now, and takes room for all that is written meanwhile.
          </p>
        }
        saving={saving}
        save={() => (isShorter ? show('shorten-history') : void save().catch(() => {}))}
        isChanged={seconds !== project.history_retention_seconds}
      >
        <ChoiceField
          label="History window"
          choices={withCurrent(historyChoices, project.history_retention_seconds, durationText)}
          value={seconds}
          onChoose={setSeconds}
        />
      </SettingsForm>
      <ConfirmDialog
        title="Keep less history"
        action="Keep less history"
        isOpen={dialog === 'shorten-history' && isShorter}
        onClose={close}
        confirm={save}
      >
        <p>
          {seconds === 0
            ? 'No past moment can be opened or restored any more: only the present is kept.'
            : `Moments from before the last ${durationText(seconds)} can no longer be opened or restored.`}{' '}
          This holds for all branches, and a longer window does not bring them back.
        </p>
        <p>Branches and snapshots that are there stay.</p>
      </ConfirmDialog>
    </>
  )
}
