// Wakes, idle suspends and looks at past moments are carried out in line, and nobody takes them up again: where whoever did
// so could not write down how it ended, its outcome is what is now the case.

import * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import type { Parts } from '../parts.ts'

/**
 * Left out `startedBefore`: all of them, for at the start of control none is under way. Later one may be, however long ago it
 * began: a look at the past of a large branch copies it, where files cannot be shared.
 */
export async function endInterrupted({ catalog }: Parts, startedBefore?: Date): Promise<void> {
  const { db } = catalog
  for (const operation of await operations.listInterrupted(db, startedBefore)) {
    const about = await aboutOf(db, operation)
    if (startedBefore && isAtWork(operation, about)) continue
    if (isAchieved(operation, about)) await operations.end(db, operation.id, 'finished')
    else
      await operations.end(
        db,
        operation.id,
        'failed',
        'interrupted by a restart of Pilotlight, or of its catalog',
      )
  }
}

interface About {
  endpoint: endpoints.Endpoint | undefined
  branch: branches.Branch | undefined
}

async function aboutOf(db: Db, { branch_id, endpoint_id }: operations.Operation): Promise<About> {
  const [endpoint] = endpoint_id === null ? [] : await endpoints.findMany(db, [endpoint_id])
  return { endpoint, branch: branch_id === null ? undefined : await branches.find(db, branch_id) }
}

function isAtWork({ action }: operations.Operation, { endpoint, branch }: About): boolean {
  if (action === 'create_branch') return branch?.state === 'init'
  return endpoint?.state === 'starting' || endpoint?.state === 'stopping'
}

function isAchieved({ action }: operations.Operation, { endpoint, branch }: About): boolean {
  switch (action) {
    case 'start_compute':
      return endpoint?.state === 'running'
    case 'create_branch':
      return branch?.state === 'ready'
    case 'delete_timeline':
      return branch === undefined
    default:
      return endpoint?.state !== 'running'
  }
}
