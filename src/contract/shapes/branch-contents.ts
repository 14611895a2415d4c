// Roles and databases, as they go over the Management API.

import { z } from 'zod'
import { databaseName, roleName, timestamp } from './basics.ts'

export const roleCreateBody = z.object({
  role: z.object({ name: roleName, no_login: z.boolean().optional() }),
})

export const role = z.object({
  branch_id: z.string(),
  name: z.string(),
  password: z.string().optional(),
  protected: z.boolean(),
  authentication_method: z.enum(['password', 'no_login']).optional(),
  created_at: timestamp,
  updated_at: timestamp,
})

/** An owner may be a role of any name that was made in SQL. */
const ownerName = z.string().min(1, 'an owner must be named')

export const databaseCreateBody = z.object({
  database: z.object({ name: databaseName, owner_name: ownerName }),
})

export const databaseUpdateBody = z.object({
  database: z.object({ name: databaseName.optional(), owner_name: ownerName.optional() }),
})

export const database = z.object({
  id: z.number().int(),
  branch_id: z.string(),
  name: z.string(),
  owner_name: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
})

export type RoleShape = z.infer<typeof role>

export type DatabaseShape = z.infer<typeof database>
