import { countAll } from '../../catalog/project-states.ts'
import type { ProjectState } from '../../contract/console-project-states.ts'
import type { Consumption } from '../consumption/consumption.ts'
import type { Parts } from '../parts.ts'

/** Of every project, what its row in a list shows. Nothing is woken for it, and no disk is read. */
export async function projectStates(
  { catalog }: Pick<Parts, 'catalog'>,
  consumption: Pick<Consumption, 'ofProjects'>,
): Promise<ProjectState[]> {
  const counts = await countAll(catalog.db)
  const used = await consumption.ofProjects(counts.map(({ project_id }) => project_id))
  return counts.map(count => ({
    ...count,
    storage_bytes: used.get(count.project_id)?.storageBytes ?? 0,
  }))
}
