import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

export const getAvailablePreloadLibraries = route({
  operationId: 'getAvailablePreloadLibraries',
  method: 'get',
  path: '/projects/{project_id}/available_preload_libraries',
  summary: 'List the libraries that computes of this project can preload',
  params: projectParams,
  reply: z.object({ libraries: z.array(shapes.availablePreloadLibrary) }),
  errors: ['project_not_found'],
})
