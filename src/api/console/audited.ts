import type { Context } from 'hono'
import type { AuditedCall, Control } from '../../control/index.ts'
import { knownError } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'

/** An entry of the audit log, begun before the change. Throws what `change` throws. */
export async function audited(
  c: Context<ApiEnv>,
  control: Control,
  { operationId, ids }: Pick<AuditedCall, 'operationId' | 'ids'>,
  change: () => Promise<void>,
): Promise<void> {
  const complete = await control.audit.begin({ ...aboutCall(c), key: c.get('caller'), operationId, ids })
  try {
    await change()
    await complete(200, ids)
  } catch (error) {
    await complete(knownError(error).definition.http, ids)
    throw error
  }
}

/** What the audit log says of every call. */
export function aboutCall(
  c: Context<ApiEnv>,
): Pick<AuditedCall, 'method' | 'path' | 'remoteAddress' | 'requestId'> {
  return {
    ...{ method: c.req.method, path: c.req.path },
    ...{ remoteAddress: c.get('remoteAddress'), requestId: c.get('requestId') },
  }
}
