import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { branchErrors, branchParams } from './branches.ts'
import { route } from './route.ts'

const schemaErrors = [
  ...branchErrors,
  'database_not_found',
  'moment_ambiguous',
  'moment_in_future',
  'moment_out_of_window',
  'moments_limit',
  'compute_start_failed',
  'compute_wake_timeout',
  'pg_dump_missing',
  'schema_dump_failed',
  'schema_too_large',
] as const

const moment = { lsn: shapes.lsn.optional(), timestamp: shapes.moment.optional() }

const table = z.object({
  schema: z.string(),
  name: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      nullable: z.boolean().optional(),
      generated: z.boolean().optional(),
    }),
  ),
  constraints: z
    .array(
      z.object({
        type: z.string(),
        columns: z.array(z.string()),
        name: z.string().optional(),
        referenced_table: z
          .object({ schema: z.string(), table: z.string(), columns: z.array(z.string()) })
          .optional(),
      }),
    )
    .optional(),
})

export const getSchema = route({
  operationId: 'getProjectBranchSchema',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/schema',
  summary: 'The schema of a database, now or at a past moment',
  params: branchParams,
  query: z.object({
    db_name: shapes.pathText,
    ...moment,
    format: z.enum(['sql', 'json']).optional(),
  }),
  reply: z.object({ sql: z.string().optional(), json: z.object({ tables: z.array(table) }).optional() }),
  errors: [...schemaErrors],
})

export const compareSchema = route({
  operationId: 'getProjectBranchSchemaComparison',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/compare_schema',
  summary: 'What tells the schema of a database from that on another branch',
  params: branchParams,
  query: z.object({
    /** Left out: the parent; of a branch without one, the branch itself. */
    base_branch_id: shapes.pathText.optional(),
    db_name: shapes.pathText,
    ...moment,
    base_lsn: shapes.lsn.optional(),
    base_timestamp: shapes.moment.optional(),
  }),
  reply: z.object({ diff: z.string() }),
  errors: [...schemaErrors],
})
