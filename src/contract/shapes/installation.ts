// Operations, and what an installation says of itself.

import { z } from 'zod'
import { operationActions, operationStatuses } from '../operations.ts'
import { timestamp } from './basics.ts'

export const operation = z.object({
  id: z.string(),
  project_id: z.string(),
  branch_id: z.string().optional(),
  endpoint_id: z.string().optional(),
  action: z.enum(operationActions),
  status: z.enum(operationStatuses),
  error: z.string().optional(),
  failures_count: z.number().int(),
  retry_at: timestamp.optional(),
  created_at: timestamp,
  updated_at: timestamp,
  total_duration_ms: z.number().int(),
})

export const region = z.object({
  region_id: z.string(),
  name: z.string(),
  default: z.boolean(),
  geo_lat: z.string(),
  geo_long: z.string(),
})

export const currentUser = z.object({
  active_seconds_limit: z.number().int(),
  /** Nobody signs in through somebody else here. */
  auth_accounts: z.array(z.never()),
  email: z.string(),
  id: z.string(),
  image: z.string(),
  login: z.string(),
  name: z.string(),
  last_name: z.string(),
  projects_limit: z.number().int(),
  branches_limit: z.number().int(),
  max_autoscaling_limit: z.number(),
  plan: z.string(),
})

/** What this machine has to offer; no path of Neon's. */
export const machine = z.object({
  version: z.string(),
  data_dir: z.string(),
  engine: z.string(),
  /** How a branch's bytes are made: `btrfs` and `reflink` share them with the parent, `copy` costs time and space. */
  cloning: z.enum(['btrfs', 'reflink', 'copy']),
  /** Why so, in one sentence. */
  cloning_reason: z.string(),
  /** Why computes are not kept within their sizes; null: they are, by cgroups. */
  bounds_unavailable: z.string().nullable(),
  disk_free_bytes: z.number(),
  disk_total_bytes: z.number(),
  /** The operating system's user that Postgres runs as. */
  postgres_user: z.string(),
  postgres: z.array(
    z.object({
      id: z.string(),
      major: z.number().int(),
      version: z.string(),
      source: z.enum(['embedded', 'system']),
      bin_dir: z.string(),
      client_tools: z.string().nullable(),
    }),
  ),
  host_suffix: z.string(),
  pg_address: z.string(),
  pg_port: z.number().int(),
  hosts_resolve: z.boolean(),
  ca_file: z.string(),
  suspend_after_seconds: z.number().int(),
  proxies_connected: z.number().int(),
})

/** What data takes on disk; no shape of Neon's. */
export const storage = z.object({
  cloning: machine.shape.cloning,
  cloning_reason: z.string(),
  data_dir: z.string(),
  disk_free_bytes: z.number(),
  disk_total_bytes: z.number(),
  projects: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      data: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          /** `deleted`: can still be recovered. `kept`: what a branch was before a restore. */
          kind: z.enum(['branch', 'deleted', 'kept', 'ephemeral', 'snapshot']),
          /** Of its files, shared or not. */
          bytes: z.number(),
          /** Of those, what surely nothing else holds. */
          exclusive_bytes: z.number(),
          /** Kept so that its past moments can be opened. */
          history_bytes: z.number(),
        }),
      ),
    }),
  ),
})

export type OperationShape = z.infer<typeof operation>

export type StorageShape = z.infer<typeof storage>

export type MachineShape = z.infer<typeof machine>
