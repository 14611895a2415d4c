// Exports: a branch as a plain data directory that stock Postgres starts.

import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as operations from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { enqueue } from '../operations/queue.ts'
import type { Parts } from '../parts.ts'
import { lockProject } from './branch-creation.ts'
import type { Branches } from './branches.ts'
import { exportsDir } from './imports.ts'

export class Exports {
  readonly #parts: Parts
  readonly #branches: Branches

  constructor(parts: Parts, all: Branches) {
    this.#parts = parts
    this.#branches = all
  }

  /**
   * The directory is there once the operation has finished. Throws project_not_found, branch_not_found,
   * branch_not_ready, export_exists, too_many_operations.
   */
  async create(
    projectId: string,
    branchId: string,
    name: string | undefined,
  ): Promise<{ path: string; operations: operations.Operation[] }> {
    const { catalog, clock, settings } = this.#parts
    const branch = await this.#branches.get(projectId, branchId)
    if (branch.state === 'failed') throw new PilotlightError('branch_not_ready')
    const chosen = name ?? `${branchId}-${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}`
    const path = join(exportsDir(settings.dataDir), chosen)
    await mkdir(exportsDir(settings.dataDir), { recursive: true, mode: 0o711 })
    return await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      if ((await isThere(path)) || (await operations.isExporting(trx, path))) {
        throw new PilotlightError('export_exists', { name: chosen })
      }
      const entered = await enqueue(trx, [
        {
          ...{ project_id: projectId, branch_id: branchId, endpoint_id: null },
          action: 'prepare_secondary_pageserver',
          details: { export_path: path },
        },
      ])
      return { path, operations: entered }
    })
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
