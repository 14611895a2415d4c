// What a project's settings object holds. It comes back as it was sent, merged field by field: what a PATCH leaves out
// stays as it was.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { preloadLibraries } from './settings.ts'

const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** 0 or left out: unlimited. */
export const projectQuota = z.object({
  active_time_seconds: amount.optional(),
  compute_time_seconds: amount.optional(),
  written_data_bytes: amount.optional(),
  data_transfer_bytes: amount.optional(),
  logical_size_bytes: amount.optional(),
})

/** Whether each is an address, a range or a network is checked by control, which names the one that is none. */
export const allowedIps = z.object({
  ips: z.array(z.string().min(1).max(100)).max(limits.allowedIps).optional(),
  protected_branches_only: z.boolean().optional(),
})

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 03:30, in UTC')

/** Kept and shown: nothing of ours happens in a window. */
export const maintenanceWindow = z.object({
  weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  start_time: timeOfDay,
  end_time: timeOfDay,
})

export const projectSettings = z.object({
  quota: projectQuota.optional(),
  allowed_ips: allowedIps.optional(),
  enable_logical_replication: z.boolean().optional(),
  maintenance_window: maintenanceWindow.optional(),
  block_public_connections: z.boolean().optional(),
  block_vpc_connections: z.boolean().optional(),
  audit_log_level: z.enum(['base', 'extended', 'full']).optional(),
  hipaa: z.boolean().optional(),
  preload_libraries: preloadLibraries.optional(),
})
