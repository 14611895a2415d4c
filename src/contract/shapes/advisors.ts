// What the advisors find, as it goes over the Management API.

import { z } from 'zod'

export const advisorCategory = z.enum(['SECURITY', 'PERFORMANCE'])
export const advisorLevels = ['INFO', 'WARN', 'ERROR'] as const

export const advisorIssue = z.object({
  name: z.string(),
  title: z.string(),
  level: z.enum(advisorLevels),
  facing: z.enum(['EXTERNAL', 'INTERNAL']),
  categories: z.array(advisorCategory),
  description: z.string(),
  detail: z.string(),
  remediation: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  cache_key: z.string(),
})

export type AdvisorIssueShape = z.infer<typeof advisorIssue>
