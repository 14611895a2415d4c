// Settings of a compute, as endpoints have them and projects preset them.

import { z } from 'zod'
import { limits } from '../limits.ts'

const settings = (nameChars: number) =>
  z
    .record(z.string().min(1).max(nameChars), z.string().max(limits.pgSettingChars))
    .refine(
      chosen => Object.keys(chosen).length <= limits.pgSettings,
      `at most ${limits.pgSettings} settings can be chosen`,
    )

/** Names, which may have a prefix, and values are checked by control, against the Postgres that will read them. */
const pgSettings = settings(limits.identifierBytes * 2)

/** Kept and shown; they take effect once there is a pooler. */
const pgbouncerSettings = settings(limits.identifierBytes)

export const preloadLibraries = z.object({
  use_defaults: z.boolean().optional(),
  enabled_libraries: z
    .array(z.string().min(1).max(limits.identifierBytes))
    .max(limits.preloadLibraries)
    .optional(),
})

export const endpointSettings = z.object({
  pg_settings: pgSettings.optional(),
  pgbouncer_settings: pgbouncerSettings.optional(),
  preload_libraries: preloadLibraries.optional(),
})

export const availablePreloadLibrary = z.object({
  library_name: z.string(),
  description: z.string(),
  is_default: z.boolean(),
  is_experimental: z.boolean(),
  version: z.string(),
})
