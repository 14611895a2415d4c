import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { useSettingsPlace } from './settings-place.ts'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function ReplicationSection({ project }: { project: Project }) {
  const { dialog, show, close } = useSettingsPlace()
  const isOn = project.settings.enable_logical_replication === true
  const saving = useProjectUpdate(project)
  return (
    <section className="max-w-2xl space-y-4">
      <div className="space-y-1">
        <h2 className="font-medium text-lg">Logical replication</h2>
        <p className="text-ink-soft text-sm">
          Lets other databases and tools subscribe to changes (<code>wal_level = logical</code>), for all
          branches of the project. A compute that sends changes to a subscriber does not sleep.
        </p>
      </div>
      <p className="text-sm">
        {isOn ? 'It is enabled, for good.' : 'It is not enabled. Once it is, it cannot be disabled again.'}
      </p>
      <Button
        onClick={() => show('enable-replication')}
        disabledBecause={isOn ? 'It is enabled, and cannot be taken back' : undefined}
      >
        Enable logical replication
      </Button>
      <ConfirmDialog
        title="Enable logical replication"
        action="Enable for good"
        isOpen={dialog === 'enable-replication' && !isOn}
        onClose={close}
        confirm={() => saving.mutateAsync({ settings: { enable_logical_replication: true } })}
      >
        <p>Computes that run are suspended: their sessions end, and the next connection wakes them.</p>
        <p>More WAL is written from then on, which histories take room for. It cannot be taken back.</p>
      </ConfirmDialog>
    </section>
  )
}
