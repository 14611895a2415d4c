// What callers ask of an endpoint, as the catalog keeps it.

import type { NewEndpoint } from '../catalog/endpoints.ts'
import type { Project } from '../catalog/projects.ts'
import { PilotlightError } from '../contract/errors.ts'
import { endpointId } from '../lib/ids.ts'

export interface EndpointSettings {
  suspend_timeout_seconds?: number | undefined
  autoscaling_limit_min_cu?: number | undefined
  autoscaling_limit_max_cu?: number | undefined
  name?: string | undefined
  disabled?: boolean | undefined
  settings?: { pg_settings?: Record<string, unknown> | undefined } | undefined
}

export interface EndpointRequest extends EndpointSettings {
  type: 'read_write' | 'read_only'
}

/** A quarter of a compute unit: Neon's smallest, and the size of everything until sizes can be chosen. */
export const defaultCu = 0.25

/** The project's defaults fill what was left out. Throws invalid_request, endpoint_read_only_unsupported. */
export function newEndpoint(
  project: Project,
  branchId: string,
  request: EndpointRequest,
  creationSource: string,
): NewEndpoint {
  if (request.type === 'read_only') throw new PilotlightError('endpoint_read_only_unsupported')
  refuseSettings(request)
  const preset = project.default_endpoint_settings
  const max = request.autoscaling_limit_max_cu ?? preset.autoscaling_limit_max_cu
  const min = request.autoscaling_limit_min_cu ?? preset.autoscaling_limit_min_cu
  const sizes = sizesOf({ min, max }, { min: defaultCu, max: defaultCu })
  return {
    id: endpointId(),
    project_id: project.id,
    branch_id: branchId,
    type: request.type,
    name: request.name ?? null,
    disabled: request.disabled ?? false,
    suspend_timeout_seconds: request.suspend_timeout_seconds ?? preset.suspend_timeout_seconds ?? 0,
    min_cu: sizes.min,
    max_cu: sizes.max,
    creation_source: creationSource,
  }
}

/** One of the two may be left out. Throws invalid_request where they contradict each other. */
export function sizesOf(
  wanted: { min?: number | undefined; max?: number | undefined },
  before: { min: number; max: number },
): { min: number; max: number } {
  const min = wanted.min ?? Math.min(before.min, wanted.max ?? before.min)
  const max = wanted.max ?? Math.max(before.max, min)
  if (min <= max) return { min, max }
  throw new PilotlightError('invalid_request', {
    detail: 'autoscaling_limit_min_cu must not be larger than autoscaling_limit_max_cu',
  })
}

/** Better refused than forgotten. */
export function refuseSettings({ settings }: EndpointSettings): void {
  if (Object.keys(settings?.pg_settings ?? {}).length > 0) {
    throw new PilotlightError('invalid_request', {
      detail: 'settings.pg_settings: not supported yet; use ALTER DATABASE … SET or ALTER ROLE … SET',
    })
  }
}
