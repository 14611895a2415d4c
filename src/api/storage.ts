import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import type { MachineFacts } from './account.ts'
import { diskSpace } from './disk.ts'
import { type Api, serve } from './serve.ts'

export function serveStorage(api: Api, control: Control, facts: MachineFacts): void {
  serve(api, routes.getStorage, async ({ query }) => {
    const [{ cloning }, disk, projects] = await Promise.all([
      control.capabilities(),
      diskSpace(facts.dataDir),
      control.storage.usage(query.project_id),
    ])
    return {
      cloning,
      cloning_reason: facts.cloningReason,
      data_dir: facts.dataDir,
      disk_free_bytes: disk.freeBytes,
      disk_total_bytes: disk.totalBytes,
      projects: projects.map(({ project, data }) => ({
        id: project.id,
        name: project.name,
        data: data.map(({ id, name, kind, bytes, exclusiveBytes, historyBytes }) => ({
          ...{ id, name, kind, bytes },
          exclusive_bytes: exclusiveBytes,
          history_bytes: historyBytes,
        })),
      })),
    }
  })
}
