import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const getStorage = route({
  operationId: 'getStorage',
  method: 'get',
  path: '/pilotlight/storage',
  summary: 'What each branch and snapshot takes on disk (no path of Neon’s)',
  query: z.object({ project_id: shapes.pathText.optional() }),
  reply: shapes.storage,
  errors: ['project_not_found'],
})
