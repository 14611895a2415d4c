import type { Db } from './catalog.ts'
import type { Project } from './projects.ts'
import type { DefaultEndpointSettings, ProjectSettings } from './schema.ts'

/** Whole objects: the caller has merged what was asked for into what there was, and holds the project's row. */
export async function set(
  db: Db,
  projectId: string,
  change: { settings?: ProjectSettings; default_endpoint_settings?: DefaultEndpointSettings },
): Promise<Project> {
  const { settings, default_endpoint_settings } = change
  return await db
    .updateTable('projects')
    .set({
      updated_at: new Date(),
      ...(settings && { settings: JSON.stringify(settings) }),
      ...(default_endpoint_settings && {
        default_endpoint_settings: JSON.stringify(default_endpoint_settings),
      }),
    })
    .where('id', '=', projectId)
    .returningAll()
    .executeTakeFirstOrThrow()
}
