// The operations of one change, followed until they have ended: the toast tells what becomes of it.

import type { ConsoleOperationDetails } from '../../../src/contract/console-operations.ts'
import { hasEnded } from '../../../src/contract/operations.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { closeToast, showToast } from '../ui/toasts.tsx'
import { ApiError, errorText } from './api-error.ts'
import { call, type Reply, send } from './call.ts'
import { isTold, live, nextNews } from './live.ts'

export type Operation = Reply<typeof routes.getOperation>['operation']

const goodStatuses: ReadonlySet<Operation['status']> = new Set(['finished', 'skipped'])
/** Where news are told, the first of them; else so often. */
const pollMs = 400
const toldMs = 5000
/** Pilotlight is started anew within that, and goes on with what it was at. */
const awayMs = 60_000

export interface Following {
  /** `Creating branch dev` */
  working: string
  /** `Branch dev is ready` */
  done: string
  /** Takes it back: offered for a moment once it is done. */
  undo?: (() => void) | undefined
}

/** Whether all went well. */
export async function followOperations(operations: Operation[], texts: Following): Promise<boolean> {
  const toast = showToast({ kind: 'working', text: texts.working })
  try {
    for (const operation of operations) {
      const ended = await untilEnded(operation)
      if (!goodStatuses.has(ended.status)) {
        const detail = [ended.error, await remedyOf(ended)].filter(Boolean).join(' – ')
        const text = `${texts.working}: ${ended.status}`
        showToast({ kind: 'bad', text, detail, operation: ended }, toast)
        return false
      }
    }
  } catch (error) {
    // Whoever has signed out does not follow it any more.
    if (error instanceof ApiError && error.status === 401) closeToast(toast)
    else showToast({ kind: 'bad', text: texts.working, detail: errorText(error) }, toast)
    return false
  }
  showToast({ kind: 'good', text: texts.done, undo: texts.undo }, toast)
  return true
}

async function untilEnded(operation: Operation): Promise<Operation> {
  let seen = operation
  let awaySince: number | undefined
  while (!hasEnded(seen.status)) {
    // Before it is asked about: what changes meanwhile is heard.
    const { heard, leave } = nextNews('operations', operation.project_id)
    try {
      const found = await askIfThere(operation)
      awaySince = found ? undefined : (awaySince ?? performance.now())
      if (awaySince !== undefined && performance.now() - awaySince > awayMs) throw ApiError.unreachable()
      seen = found ?? seen
      if (!hasEnded(seen.status)) await Promise.race([heard, sleep(isTold(live.state) ? toldMs : pollMs)])
    } finally {
      leave()
    }
  }
  return seen
}

/** Undefined: nobody answers just now. Throws ApiError. */
async function askIfThere({ project_id, id }: Operation): Promise<Operation | undefined> {
  try {
    const params = { project_id, operation_id: id }
    const path = '/projects/{project_id}/operations/{operation_id}'
    return (await call<typeof routes.getOperation>('get', path, { params })).operation
  } catch (error) {
    if (error instanceof ApiError && error.status === 0) return undefined
    throw error
  }
}

/** Undefined: there is none, or it cannot be had. */
async function remedyOf({ project_id, id }: Operation): Promise<string | undefined> {
  const url = `/api/console/operations/${id}?${new URLSearchParams({ project_id })}`
  try {
    const { operation } = (await send('get', url)) as ConsoleOperationDetails
    return operation.remedy ?? undefined
  } catch {
    return undefined
  }
}

const sleep = (delayMs: number) => new Promise<void>(resolve => setTimeout(resolve, delayMs))
