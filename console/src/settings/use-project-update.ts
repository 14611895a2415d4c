import { useQueryClient } from '@tanstack/react-query'
import { useContext } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { type Early, early, withEarly } from '../api/early.ts'
import { projectQuery } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { FormsRenewal } from './forms-renewal.ts'
import { type Project, type ProjectChange, undoOf } from './undo-change.ts'

export type { Project } from './undo-change.ts'

/** A change of the project's settings. What is left out stays; `quota` and `allowed_ips` count as a whole. */
export function useProjectUpdate(project: Project) {
  const queries = useQueryClient()
  const update = (change: ProjectChange) =>
    withEarly(queries, earliesOf(project.id, change), () =>
      call<typeof routes.updateProject>('patch', '/projects/{project_id}', {
        params: { project_id: project.id },
        body: { project: change },
      }),
    )
  const renewForms = useContext(FormsRenewal)
  const undoing = useChange(
    project.id,
    async (change: ProjectChange) => {
      const reply = await update(change)
      // Whichever form stands there by now: the one that was saved may have been left.
      await queries.refetchQueries({ queryKey: projectQuery(project.id).queryKey, exact: true })
      renewForms()
      return reply
    },
    () => ({ working: 'Taking the change back', done: 'The settings are as before' }),
    undefined,
    'in a toast',
  )
  return useChange(project.id, update, change => {
    const undo = undoOf(project, change)
    return {
      working: 'Saving the settings',
      done: 'The settings are saved',
      undo: undo && (() => undoing.mutate(undo)),
    }
  })
}

/** A name stands above every page of the project. */
function earliesOf(projectId: string, { name }: ProjectChange): Early[] {
  if (name === undefined) return []
  return [early(projectQuery(projectId), reply => ({ ...reply, project: { ...reply.project, name } }))]
}
