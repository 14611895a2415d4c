import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const getCurrentUser = route({
  operationId: 'getCurrentUserInfo',
  method: 'get',
  path: '/users/me',
  summary: 'Who the API key belongs to',
  reply: shapes.currentUser,
})

export const getAuthDetails = route({
  operationId: 'getAuthDetails',
  method: 'get',
  path: '/auth',
  summary: 'What kind of key the request carries, and whose it is',
  reply: shapes.authDetails,
})

export const listRegions = route({
  operationId: 'getActiveRegions',
  method: 'get',
  path: '/regions',
  summary: 'The one region that this installation is',
  /** There is one organization, and one region for it. */
  query: z.object({ org_id: z.string().max(60).optional() }),
  reply: z.object({ regions: z.array(shapes.region) }),
})

export const getMachine = route({
  operationId: 'getMachine',
  method: 'get',
  path: '/pilotlight/machine',
  summary: 'What this machine has to offer (no path of Neon’s)',
  reply: shapes.machine,
})
