// Branches, and what lives on them, as they go over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { directoryName, displayName, emptyIsAbsent, lsn, moment, pathText, timestamp } from './basics.ts'
import { endpointOptions, endpointType } from './endpoints.ts'

export const annotationValue = z
  .record(z.string().max(limits.annotationValueChars), z.string().max(limits.annotationValueChars))
  .refine(
    value => Object.keys(value).length <= limits.annotationProperties,
    `an annotation has at most ${limits.annotationProperties} properties`,
  )

export const annotation = z.object({
  object: z.object({ type: z.string(), id: z.string() }),
  value: z.record(z.string(), z.string()),
  created_at: timestamp.optional(),
  updated_at: timestamp.optional(),
})

export const branchCreateBody = z.object({
  branch: z
    .object({
      parent_id: emptyIsAbsent(pathText),
      name: emptyIsAbsent(displayName),
      parent_lsn: emptyIsAbsent(lsn),
      parent_timestamp: moment.optional(),
      protected: z.boolean().optional(),
      /** Nothing here is ever archived. */
      archived: z.boolean().optional(),
      init_source: z
        .string()
        .refine(
          text => text === 'parent-data' || text === 'schema-only',
          'must be parent-data or schema-only',
        )
        .optional(),
      expires_at: moment.optional(),
    })
    .optional(),
  endpoints: z
    .array(z.object({ type: endpointType, ...endpointOptions }))
    .max(limits.endpointsPerBranch)
    .optional(),
  annotation_value: annotationValue.optional(),
})

export const branchUpdateBody = z.object({
  branch: z.object({
    name: displayName.optional(),
    protected: z.boolean().optional(),
    expires_at: moment.nullable().optional(),
  }),
})

export const branchRestoreBody = z.object({
  source_branch_id: pathText,
  source_lsn: lsn.optional(),
  source_timestamp: moment.optional(),
  /** Empty is none, as at Neon. */
  preserve_under_name: z.union([z.literal(''), displayName]).optional(),
})

export const finalizeRestoreBody = z.object({ name: displayName.optional() })

export const branchExportBody = z.object({ name: directoryName.optional() })

export const branch = z.object({
  id: z.string(),
  project_id: z.string(),
  parent_id: z.string().optional(),
  parent_lsn: z.string().optional(),
  parent_timestamp: timestamp.optional(),
  name: z.string(),
  current_state: z.string(),
  pending_state: z.string().optional(),
  state_changed_at: timestamp,
  logical_size: z.number().int().optional(),
  creation_source: z.string(),
  /** Deprecated at Neon, and still read by its clients. */
  primary: z.boolean(),
  default: z.boolean(),
  protected: z.boolean(),
  cpu_used_sec: z.number().int(),
  compute_time_seconds: z.number().int(),
  active_time_seconds: z.number().int(),
  written_data_bytes: z.number().int(),
  data_transfer_bytes: z.number().int(),
  created_at: timestamp,
  updated_at: timestamp,
  ttl_interval_seconds: z.number().int().optional(),
  expires_at: timestamp.optional(),
  last_reset_at: timestamp.optional(),
  init_source: z.string().optional(),
  restore_status: z.string().optional(),
  restored_from: z.string().optional(),
  restored_as: z.string().optional(),
  restricted_actions: z.array(z.object({ name: z.string(), reason: z.string() })).optional(),
  recovery: z
    .object({
      deleted_at: timestamp,
      recoverable_until: timestamp,
      deletion_method: z.enum(['user', 'ttl']),
    })
    .optional(),
})

export const connectionDetails = z.object({
  connection_uri: z.string(),
  connection_parameters: z.object({
    database: z.string(),
    password: z.string(),
    role: z.string(),
    host: z.string(),
    pooler_host: z.string(),
  }),
})

export type BranchShape = z.infer<typeof branch>

export type AnnotationShape = z.infer<typeof annotation>

export type ConnectionDetailsShape = z.infer<typeof connectionDetails>
