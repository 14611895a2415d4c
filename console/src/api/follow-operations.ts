// The operations of one change, followed until they have ended: the toast tells what becomes of it.

import { hasEnded } from '../../../src/contract/operations.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { showToast } from '../ui/toasts.tsx'
import { call, type Reply } from './call.ts'

export type Operation = Reply<typeof routes.getOperation>['operation']

const goodStatuses: ReadonlySet<Operation['status']> = new Set(['finished', 'skipped'])
const pollMs = 400

export interface Following {
  /** `Creating branch dev` */
  working: string
  /** `Branch dev is ready` */
  done: string
}

/** Whether all went well. */
export async function followOperations(operations: Operation[], texts: Following): Promise<boolean> {
  const toast = showToast({ kind: 'working', text: texts.working })
  try {
    for (const operation of operations) {
      const ended = await untilEnded(operation)
      if (!goodStatuses.has(ended.status)) {
        showToast({ kind: 'bad', text: `${texts.working}: ${ended.status}`, detail: ended.error }, toast)
        return false
      }
    }
  } catch (error) {
    showToast({ kind: 'bad', text: texts.working, detail: (error as Error).message }, toast)
    return false
  }
  showToast({ kind: 'good', text: texts.done }, toast)
  return true
}

async function untilEnded(operation: Operation): Promise<Operation> {
  let seen = operation
  while (!hasEnded(seen.status)) {
    await new Promise(resolve => setTimeout(resolve, pollMs))
    const params = { project_id: operation.project_id, operation_id: operation.id }
    const reply = await call<typeof routes.getOperation>(
      'get',
      '/projects/{project_id}/operations/{operation_id}',
      { params },
    )
    seen = reply.operation
  }
  return seen
}
