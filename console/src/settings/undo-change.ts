// The change that takes a change of a project's settings back, where that is as good as never having made it.

import type * as routes from '../../../src/contract/routes/index.ts'
import type { CallParts, Reply } from '../api/call.ts'

export type Project = Reply<typeof routes.getProject>['project']

export type ProjectChange = CallParts<typeof routes.updateProject>['body']['project']

/** Undefined: there is no way back, or one that is none: a shorter history has lost what it had. */
export function undoOf(before: Project, change: ProjectChange): ProjectChange | undefined {
  const { name, settings, history_retention_seconds, default_endpoint_settings, ...others } = change
  if (Object.keys(others).length > 0 || history_retention_seconds !== undefined) return undefined
  if (settings?.enable_logical_replication !== undefined) return undefined
  return {
    ...(name !== undefined && { name: before.name }),
    ...(settings && { settings: pick({ ...emptySettings, ...before.settings }, settings) }),
    ...(default_endpoint_settings && {
      default_endpoint_settings: pick(
        { ...emptyDefaults, ...before.default_endpoint_settings },
        default_endpoint_settings,
      ),
    }),
  }
}

/** What counts where nothing was chosen: the API takes no setting away. */
const emptySettings: ProjectChange['settings'] = {
  ...{ quota: {}, allowed_ips: { ips: [], protected_branches_only: false } },
  preload_libraries: { enabled_libraries: [] },
}
const emptyDefaults: ProjectChange['default_endpoint_settings'] = {
  ...{ autoscaling_limit_min_cu: 0.25, autoscaling_limit_max_cu: 0.25 },
  ...{ suspend_timeout_seconds: 0, pg_settings: {} },
}

/** Those keys of `all` that `wanted` has. */
function pick<T extends object>(all: T, wanted: object): T {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key in wanted)) as T
}
