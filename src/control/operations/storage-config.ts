// apply_storage_config: how far back moments of a project's branches can be opened.

import * as branches from '../../catalog/branches.ts'
import * as projects from '../../catalog/projects.ts'
import { dataRef } from '../branches/origin.ts'
import { isInvalid, nextGen } from './data.ts'
import { operation, step } from './operation.ts'

export const storageConfig = operation('apply_storage_config', [
  step('windows', async ({ parts }, op) => {
    const { catalog, engine, settings, logger } = parts
    const project = await projects.findKept(catalog.db, op.project_id)
    if (!project) return
    for (const branch of await branches.listOfProject(catalog.db, op.project_id)) {
      // What somebody looks at for a while, and what is about to go, keeps what it has.
      if (branch.kind !== 'branch') continue
      try {
        await engine.ensureWindow(
          dataRef(settings.cell, branch.id),
          await nextGen(parts, branch.id),
          project.history_retention_seconds,
        )
      } catch (error) {
        // Its data could not be made, or is about to be: it will get the window then.
        if (!isInvalid(error)) throw error
        logger.info({ branch: branch.id }, 'no data to change the window of')
      }
    }
  }),
])
