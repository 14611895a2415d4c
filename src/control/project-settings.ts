// A project's settings: what may be asked for, and what a change of them brings about.

import type { Db } from '../catalog/catalog.ts'
import * as endpoints from '../catalog/endpoints.ts'
import type { NewOperation } from '../catalog/operations.ts'
import type { Project } from '../catalog/projects.ts'
import type { DefaultEndpointSettings, ProjectSettings } from '../catalog/schema.ts'
import { PilotlightError } from '../contract/errors.ts'
import { isAllowListEntry } from '../lib/allow-list.ts'
import type { ChangeFeed } from './changes.ts'
import { checkComputeSettings, type SettingsJudge } from './compute-settings.ts'
import { defaultCu, sizesOf } from './endpoint-requests.ts'

export interface WantedSettings {
  settings?: ProjectSettings | undefined
  default_endpoint_settings?: DefaultEndpointSettings | undefined
}

/** Throws invalid_request, setting_forbidden. */
export async function checkProjectSettings(
  engine: SettingsJudge,
  build: string,
  { settings, default_endpoint_settings: preset }: WantedSettings,
): Promise<void> {
  const bad = settings?.allowed_ips?.ips?.find(entry => !isAllowListEntry(entry))
  if (bad !== undefined) {
    throw new PilotlightError('invalid_request', {
      detail:
        `project.settings.allowed_ips.ips: "${bad}" is neither an IP address (203.0.113.7), ` +
        'nor a network (203.0.113.0/24), nor a range (203.0.113.1-203.0.113.9)',
    })
  }
  if (settings) await checkComputeSettings(engine, build, 'project.settings', settings)
  if (!preset) return
  const { autoscaling_limit_min_cu: min, autoscaling_limit_max_cu: max } = preset
  sizesOf({ min, max }, { min: defaultCu, max: defaultCu })
  const { pg_settings } = preset
  await checkComputeSettings(engine, build, 'project.default_endpoint_settings', { pg_settings })
}

/** What is left out stays as it was. Throws invalid_request where logical replication would be taken back. */
export function mergeProjectSettings(before: ProjectSettings, change: ProjectSettings): ProjectSettings {
  if (before.enable_logical_replication === true && change.enable_logical_replication === false) {
    throw new PilotlightError('invalid_request', {
      detail: 'project.settings.enable_logical_replication: once enabled, it cannot be disabled',
    })
  }
  return { ...before, ...change }
}

/** Only a start can turn logical replication on: those that run are suspended, and woken by their next client. */
export async function operationsFor(db: Db, before: Project, after: Project): Promise<NewOperation[]> {
  const turnedOn =
    after.settings.enable_logical_replication === true && before.settings.enable_logical_replication !== true
  if (!turnedOn) return []
  const running = (await endpoints.listShown(db, after.id)).filter(({ state }) => state !== 'suspended')
  return running.map(({ id, project_id, branch_id }) => ({
    ...{ project_id, branch_id, endpoint_id: id },
    action: 'suspend_compute' as const,
  }))
}

/** After the commit: proxies forget whom they may let in. */
export async function tellProxies(
  db: Db,
  changes: ChangeFeed,
  before: Project,
  after: Project,
): Promise<void> {
  if (rulesOf(before) === rulesOf(after)) return
  await forgetAccessOf(db, changes, after.id)
}

/** Of all endpoints of a project. */
export async function forgetAccessOf(db: Db, changes: ChangeFeed, projectId: string): Promise<void> {
  changes.forgetAccess(await endpoints.listOfProject(db, projectId))
}

const rulesOf = ({ settings }: Project): string =>
  JSON.stringify([settings.allowed_ips, settings.block_public_connections])
