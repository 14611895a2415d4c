import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

export const getAdvisors = route({
  operationId: 'getProjectAdvisorSecurityIssues',
  method: 'get',
  path: '/projects/{project_id}/advisors',
  summary: 'What is insecure or slow in a database; wakes its compute',
  params: projectParams,
  query: z.object({
    branch_id: shapes.pathText.optional(),
    database_name: shapes.pathText.max(limits.identifierBytes).optional(),
    category: shapes.advisorCategory.optional(),
    min_severity: z.enum(shapes.advisorLevels).optional(),
  }),
  reply: z.object({ issues: z.array(shapes.advisorIssue) }),
  errors: [
    'project_not_found',
    'branch_not_found',
    'database_not_found',
    'advisors_database_missing',
    'compute_start_failed',
    'compute_wake_timeout',
  ],
})
