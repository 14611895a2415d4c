import type { Context } from 'hono'
import type { AuditedCall, Control } from '../../control/index.ts'
import { aboutCall } from '../audit.ts'
import { knownError } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'

/** An entry of the audit log, begun before the change. Answers and throws what `change` does. */
export async function audited<Result>(
  c: Context<ApiEnv>,
  control: Control,
  { operationId, ids }: Pick<AuditedCall, 'operationId' | 'ids'>,
  change: () => Promise<Result>,
): Promise<Result> {
  const complete = await control.audit.begin({ ...aboutCall(c), key: c.get('caller'), operationId, ids })
  try {
    const result = await change()
    await complete(200, ids)
    return result
  } catch (error) {
    await complete(knownError(error).definition.http, ids)
    throw error
  }
}
