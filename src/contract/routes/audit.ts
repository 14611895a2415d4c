import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const listAudit = route({
  operationId: 'listAudit',
  method: 'get',
  path: '/pilotlight/audit',
  summary: 'What was changed, by whom and from where, newest first (no path of Neon’s)',
  query: z.object({
    project_id: shapes.pathText.optional(),
    key_id: z.coerce.number().int().min(1).optional(),
    operation_id: shapes.pathText.max(100).optional(),
    actor: shapes.auditActor.optional(),
    since: shapes.moment.optional(),
    until: shapes.moment.optional(),
    /** `true`: what was refused or failed; `false`: what was done. */
    failed: shapes.flag.optional(),
    limit: z.coerce.number().int().min(1).max(limits.auditListMax).optional(),
    cursor: z
      .string()
      .regex(/^\d{1,15}$/, 'cursor is not one that this list gave out')
      .optional(),
  }),
  reply: z.object({
    entries: z.array(shapes.auditEntry),
    pagination: shapes.pagination.optional(),
  }),
})
