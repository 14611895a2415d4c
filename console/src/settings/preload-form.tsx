import { useState } from 'react'
import { areSameLibraries } from '../compute/preload.ts'
import { PreloadFields } from '../compute/preload-fields.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function PreloadForm({ project }: { project: Project }) {
  const before = project.settings.preload_libraries?.enabled_libraries ?? []
  const [enabled, setEnabled] = useState(before)
  const saving = useProjectUpdate(project)
  return (
    <SettingsForm
      title="Preloaded libraries"
      about={
        <p>
          Loaded whenever a compute of the project starts, in this order. A change counts from the next start:
          restart a compute, or let it sleep. Most extensions need none of this.
        </p>
      }
      saving={saving}
      save={() =>
        saving.mutate({
          settings: {
            preload_libraries: { ...project.settings.preload_libraries, enabled_libraries: enabled },
          },
        })
      }
      isChanged={!areSameLibraries(enabled, before)}
    >
      <PreloadFields projectId={project.id} enabled={enabled} onChange={setEnabled} />
    </SettingsForm>
  )
}
