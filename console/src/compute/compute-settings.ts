// What a compute is made with, as a form has it.

import { limits } from '../../../src/contract/limits.ts'

export interface ComputeSettings {
  autoscaling_limit_min_cu: number
  autoscaling_limit_max_cu: number
  /** 0: as the installation. */
  suspend_timeout_seconds: number
}

/** As they are; where there are none, as the API would make them. */
export function computeSettings(now: { [K in keyof ComputeSettings]?: number | undefined }): ComputeSettings {
  return {
    autoscaling_limit_min_cu: now.autoscaling_limit_min_cu ?? 0.25,
    autoscaling_limit_max_cu: now.autoscaling_limit_max_cu ?? 0.25,
    suspend_timeout_seconds: now.suspend_timeout_seconds ?? 0,
  }
}

/** Why the two sizes do not go together; undefined: they do. */
export function sizesProblem(settings: ComputeSettings): string | undefined {
  const { autoscaling_limit_min_cu: min, autoscaling_limit_max_cu: max } = settings
  if (max < min) return 'The largest size is below the smallest.'
  if (max - min > limits.computeUnitsApart)
    return `The two lie at most ${limits.computeUnitsApart} units apart.`
  return undefined
}
