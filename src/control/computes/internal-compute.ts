// A compute of our own on data that no client may meet yet: its rows are to be removed, or it is to be proven that it
// opens. Its endpoint is in no list, and gone when the work is done.

import * as endpoints from '../../catalog/endpoints.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { endpointId } from '../../lib/ids.ts'
import type { Parts } from '../parts.ts'
import type { Computes } from './computes.ts'
import type { Place } from './contents.ts'

/** A whole compute unit: this is work, not waiting. */
const internalCu = 1

export async function onInternalCompute(
  { parts, computes }: { parts: Parts; computes: Computes },
  branch: { id: string; project_id: string },
  work: (place: Place, login: AdminLogin) => Promise<void>,
): Promise<void> {
  const { db } = parts.catalog
  const left = (await endpoints.listOfBranch(db, branch.id)).find(isOurs)
  const endpoint =
    left ??
    (await endpoints.insert(db, {
      ...{ id: endpointId(), project_id: branch.project_id, branch_id: branch.id, internal: true },
      ...{ suspend_timeout_seconds: 0, min_cu: internalCu, max_cu: internalCu, creation_source: 'internal' },
    }))
  const place = { endpointId: endpoint.id, branchId: branch.id }
  await computes.useInternal(endpoint, login => work(place, login))
}

/** What work that failed has left. */
export async function dropInternalComputes(
  { parts, computes }: { parts: Parts; computes: Computes },
  branchId: string,
): Promise<void> {
  for (const endpoint of (await endpoints.listOfBranch(parts.catalog.db, branchId)).filter(isOurs)) {
    await computes.remove(endpoint)
    await endpoints.remove(parts.catalog.db, endpoint.id)
  }
}

const isOurs = ({ internal, type }: endpoints.Endpoint) => internal && type === 'read_write'
