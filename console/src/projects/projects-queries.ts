// What the list of projects reads. Keys begin with `projects`: news of projects and of endpoints make them old.

import { queryOptions } from '@tanstack/react-query'
import type { ProjectStates } from '../../../src/contract/console-project-states.ts'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply, send } from '../api/call.ts'

export type Project = Reply<typeof routes.listProjects>['projects'][number]

export interface ProjectList {
  projects: Project[]
  /** There are more, which only a search finds. */
  isCut: boolean
}

/** Five calls; a list of more is no list to read. */
const projectsRead = 2000

/** All of them, page by page: so that they can be sorted, and searched at every key. */
export const projectListQuery = (search: string) =>
  queryOptions({
    queryKey: ['projects', 'list', search],
    queryFn: async ({ signal }): Promise<ProjectList> => {
      const projects: Project[] = []
      let cursor: string | undefined
      do {
        const query = {
          limit: limits.projectListMax,
          ...(cursor !== undefined && { cursor }),
          ...(search !== '' && { search }),
        }
        const page = await call<typeof routes.listProjects>('get', '/projects', { query }, signal)
        projects.push(...page.projects)
        cursor = page.projects.length === limits.projectListMax ? page.pagination?.cursor : undefined
      } while (cursor !== undefined && projects.length < projectsRead)
      return { projects, isCut: cursor !== undefined }
    },
  })

export const projectStatesQuery = queryOptions({
  queryKey: ['projects', 'states'],
  queryFn: ({ signal }) =>
    send('get', '/api/console/project_states', undefined, signal) as Promise<ProjectStates>,
})
