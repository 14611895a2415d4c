// What callers ask of an endpoint, as the catalog keeps it.

import type { NewEndpoint } from '../catalog/endpoints.ts'
import type { Project } from '../catalog/projects.ts'
import type { DefaultEndpointSettings, EndpointSettings } from '../catalog/schema.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import { endpointId } from '../lib/ids.ts'

export interface EndpointOptions {
  suspend_timeout_seconds?: number | undefined
  autoscaling_limit_min_cu?: number | undefined
  autoscaling_limit_max_cu?: number | undefined
  name?: string | undefined
  disabled?: boolean | undefined
  settings?: EndpointSettings | undefined
  provisioner?: string | undefined
  pooler_enabled?: boolean | undefined
  passwordless_access?: boolean | undefined
}

export interface EndpointRequest extends EndpointOptions {
  type: 'read_write' | 'read_only'
}

/** A quarter of a compute unit: Neon's smallest, and the size of whoever chose none. */
export const defaultCu = 0.25

/** The project's defaults fill what was left out. Throws invalid_request, endpoint_read_only_unsupported. */
export function newEndpoint(
  project: Project,
  branchId: string,
  request: EndpointRequest,
  creationSource: string,
): NewEndpoint {
  if (request.type === 'read_only') throw new PilotlightError('endpoint_read_only_unsupported')
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
    ...{ min_cu: sizes.min, max_cu: sizes.max, settings: { ...presetSettings(preset), ...request.settings } },
    ...(request.provisioner !== undefined && { provisioner: request.provisioner }),
    ...(request.pooler_enabled !== undefined && { pooler_enabled: request.pooler_enabled }),
    ...(request.passwordless_access !== undefined && { passwordless_access: request.passwordless_access }),
    creation_source: creationSource,
  }
}

/** One of the two may be left out. Throws invalid_request where they contradict each other, or lie too far apart. */
export function sizesOf(
  wanted: { min?: number | undefined; max?: number | undefined },
  before: { min: number; max: number },
): { min: number; max: number } {
  const min = wanted.min ?? Math.min(before.min, wanted.max ?? before.min)
  const max = wanted.max ?? Math.max(before.max, min)
  if (min > max) {
    throw new PilotlightError('invalid_request', {
      detail: 'autoscaling_limit_min_cu must not be larger than autoscaling_limit_max_cu',
    })
  }
  if (max - min > limits.computeUnitsApart) {
    throw new PilotlightError('invalid_request', {
      detail: `autoscaling_limit_max_cu must not be more than ${limits.computeUnitsApart} larger than autoscaling_limit_min_cu`,
    })
  }
  return { min, max }
}

function presetSettings({ pg_settings, pgbouncer_settings }: DefaultEndpointSettings): EndpointSettings {
  return { ...(pg_settings && { pg_settings }), ...(pgbouncer_settings && { pgbouncer_settings }) }
}
