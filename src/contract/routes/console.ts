import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const createConsoleLink = route({
  operationId: 'createConsoleLink',
  method: 'post',
  path: '/pilotlight/console_links',
  summary: 'A link that signs a browser in to the console, once (no path of Neon’s)',
  status: 201,
  reply: z.object({
    /** Below the address that the console is reached at. */
    path: z.string(),
    expires_at: shapes.timestamp,
  }),
  errors: ['console_needs_personal_key'],
})
