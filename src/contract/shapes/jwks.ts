// Who signs the JWTs of a project's users, as it goes over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { pathText, roleName, timestamp } from './basics.ts'

const text = pathText.min(1).max(limits.jwksTextChars)

/** Keys are fetched from it without any secret of ours, so it holds none either. */
const jwksUrl = text.refine(isPlainHttps, 'must be an https URL without user and password')

function isPlainHttps(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
}

export const jwksCreateBody = z.object({
  jwks_url: jwksUrl,
  provider_name: text,
  branch_id: pathText.max(60).optional(),
  jwt_audience: text.optional(),
  role_names: z.array(roleName).max(limits.jwksRoleNames).optional(),
  /** No roles are ever made for it. */
  skip_role_creation: z.boolean().optional(),
})

export const jwks = z.object({
  id: z.string(),
  project_id: z.string(),
  branch_id: z.string().optional(),
  jwks_url: z.string(),
  provider_name: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  jwt_audience: z.string().optional(),
  role_names: z.array(z.string()).optional(),
})

export type JwksShape = z.infer<typeof jwks>
