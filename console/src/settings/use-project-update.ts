import type * as routes from '../../../src/contract/routes/index.ts'
import { type CallParts, call, type Reply } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'

export type Project = Reply<typeof routes.getProject>['project']

type ProjectChange = CallParts<typeof routes.updateProject>['body']['project']

/** A change of the project's settings. What is left out stays; `quota` and `allowed_ips` count as a whole. */
export function useProjectUpdate(project: Project, done?: () => unknown) {
  return useChange(
    project.id,
    (change: ProjectChange) =>
      call<typeof routes.updateProject>('patch', '/projects/{project_id}', {
        params: { project_id: project.id },
        body: { project: change },
      }),
    () => ({ working: 'Saving the settings', done: 'The settings are saved' }),
    done,
  )
}
