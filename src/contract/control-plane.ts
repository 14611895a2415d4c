// What a proxy asks of control, over <data-dir>/run/control.sock, in the shape of the control-plane API that Neon's
// own proxy speaks: either side can be swapped. Two additions of ours stand at the end: activity and changes.

import { z } from 'zod'

/** GET /get_endpoint_access_control?endpointish&role&session_id&application_name */
export const accessControlSchema = z.object({
  /** `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`; empty: the role is unknown. */
  role_secret: z.string(),
  project_id: z.string().optional(),
  /** Missing or empty: from anywhere. It counts for unknown roles too. */
  allowed_ips: z.array(z.string()).optional(),
  /** Only private addresses may connect. */
  block_public_connections: z.boolean().optional(),
})
export type AccessControl = z.infer<typeof accessControlSchema>

/**
 * GET /wake_compute?endpointish&session_id&application_name[&options[lsn]|&options[timestamp]], and, of ours, for whom:
 * [&role&database[&client_application][&client_address]]; answered when the compute accepts sessions. With a moment,
 * `endpoint_id` is that of the compute which shows it: a proxy reports activity there.
 */
export const wakeComputeSchema = z.object({
  /** `<socket directory>:<port>`: a path means a Unix socket, as libpq's host does. */
  address: z.string(),
  aux: z.object({
    endpoint_id: z.string(),
    project_id: z.string(),
    branch_id: z.string(),
    compute_id: z.string(),
    /** `warm`: it was running already; `pool_miss`: it had to be started. */
    cold_start_info: z.enum(['unknown', 'warm', 'pool_hit', 'pool_miss']),
  }),
})
export type WakeCompute = z.infer<typeof wakeComputeSchema>

/** The reasons that a proxy acts on; `reason` decides, the message is for the client. */
const controlPlaneReasons = [
  'ENDPOINT_NOT_FOUND',
  'ENDPOINT_DISABLED',
  'RUNNING_OPERATIONS',
  'CONCURRENCY_LIMIT_REACHED',
  'ACTIVE_TIME_QUOTA_EXCEEDED',
  'COMPUTE_TIME_QUOTA_EXCEEDED',
  'WRITTEN_DATA_QUOTA_EXCEEDED',
  'DATA_TRANSFER_QUOTA_EXCEEDED',
] as const
export type ControlPlaneReason = (typeof controlPlaneReasons)[number]

export const controlPlaneErrorSchema = z.object({
  error: z.string(),
  status: z
    .object({
      code: z.string(),
      message: z.string(),
      details: z.object({
        error_info: z.object({ reason: z.string() }).optional(),
        retry_info: z.object({ retry_delay_ms: z.number() }).optional(),
        user_facing_message: z.object({ message: z.string() }).optional(),
      }),
    })
    .optional(),
})
export type ControlPlaneError = z.infer<typeof controlPlaneErrorSchema>

/** POST /refresh_role {endpointish, role}: read the role from the running compute; answers as get_endpoint_access_control. */
export const refreshRoleSchema = z.object({ endpointish: z.string(), role: z.string() })

/** POST /activity, at most once a second and only when there is news: how long ago bytes last flowed, per endpoint. */
export const activityReportSchema = z.object({
  proxy: z.string(),
  /** Counts the reports of a proxy: one that comes twice, because its answer was lost, is counted once. */
  number: z.number().int().optional(),
  endpoints: z.array(
    z.object({
      endpoint_id: z.string(),
      sessions: z.number().int(),
      quiet_ms: z.number(),
      /** To clients, since the report before. */
      sent_bytes: z.number().int().min(0).optional(),
    }),
  ),
})
export type ActivityReport = z.infer<typeof activityReportSchema>

/** GET /changes: one JSON object a line, for as long as the proxy listens. `hello` comes first: drop all caches. */
export const changeSchema = z.discriminatedUnion('change', [
  z.object({ change: z.literal('hello') }),
  /** A role's verifier changed, or a role came or went, on this endpoint. */
  z.object({ change: z.literal('access'), endpoint_id: z.string() }),
  /** The compute at this endpoint's known address is going or gone. */
  z.object({ change: z.literal('compute'), endpoint_id: z.string() }),
])
export type Change = z.infer<typeof changeSchema>
