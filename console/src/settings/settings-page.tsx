import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { projectQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ApiKeysSection } from './api-keys-section.tsx'
import { ComputeDefaultsForm } from './compute-defaults-form.tsx'
import { DangerZone } from './danger-zone.tsx'
import { FormsRenewal } from './forms-renewal.ts'
import { GeneralForm } from './general-form.tsx'
import { HistoryForm } from './history-form.tsx'
import { IpAllowForm } from './ip-allow-form.tsx'
import { PgSettingsForm } from './pg-settings-form.tsx'
import { PreloadForm } from './preload-form.tsx'
import { QuotaForm } from './quota-form.tsx'
import { ReplicationSection } from './replication-section.tsx'
import { useSettingsPlace } from './settings-place.ts'
import { type SettingsSection, settingsSections } from './settings-search.ts'
import { StorageSection } from './storage-section.tsx'
import type { Project } from './use-project-update.ts'

export const route = createLazyRoute('/shell/projects/$projectId/settings')({ component: SettingsPage })

const sections: Record<SettingsSection, (project: Project) => ReactNode> = {
  general: project => <GeneralForm project={project} />,
  computes: project => <ComputeDefaultsForm project={project} />,
  postgres: project => (
    <div className="space-y-10">
      <PgSettingsForm project={project} />
      <PreloadForm project={project} />
    </div>
  ),
  history: project => (
    <div className="space-y-8">
      <HistoryForm project={project} />
      <StorageSection />
    </div>
  ),
  network: project => <IpAllowForm project={project} />,
  replication: project => <ReplicationSection project={project} />,
  quotas: project => <QuotaForm project={project} />,
  keys: project => <ApiKeysSection organizationId={project.org_id} />,
  danger: project => <DangerZone project={project} />,
}

function SettingsPage() {
  const { projectId, section } = useSettingsPlace()
  const project = useQuery(projectQuery(projectId))
  const [round, setRound] = useState(0)
  const failure = readFailure(project)
  if (failure) return <Problem error={failure} retry={() => project.refetch()} />
  if (!project.data) return <Skeleton lines={6} />
  return (
    <div className="space-y-5">
      <h1 className="font-semibold text-2xl">Settings</h1>
      <div className="grid gap-6 md:grid-cols-[11rem_1fr]">
        <nav aria-label="Settings">
          <ul className="flex flex-wrap gap-1 md:flex-col">
            {settingsSections.map(([id, title]) => (
              <li key={id}>
                <Link
                  to="/projects/$projectId/settings"
                  params={{ projectId }}
                  search={id === 'general' ? {} : { section: id }}
                  activeOptions={{ exact: true }}
                  aria-current={id === section ? 'page' : undefined}
                  className="block rounded-md px-3 py-1.5 text-sm hover:bg-sunken aria-[current=page]:bg-sunken aria-[current=page]:font-medium"
                >
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <FormsRenewal value={() => setRound(now => now + 1)}>
          <div key={`${section} ${round}`} className="min-w-0">
            {sections[section](project.data.project)}
          </div>
        </FormsRenewal>
      </div>
    </div>
  )
}
