// Carries out the operations of a project, call by call, in order. Each ends
// `finished`, `skipped`, `failed` or `cancelled`: clients poll for that.

import * as operations from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { hasEnded, type OperationAction } from '../../contract/operations.ts'
import { EngineError } from '../../engine/engine.ts'
import { delayAfter, type RetryPolicy, retry } from '../../lib/retry.ts'
import { definitions } from './index.ts'
import { type OperationContext, type OperationDefinition, OperationSkipped, type Step } from './operation.ts'
import { StepProgress } from './step-progress.ts'

/** For faults that pass by themselves: about 6 s in all. */
const stepRetries: RetryPolicy = { attempts: 5, firstDelayMs: 200, factor: 2.5, maxDelayMs: 3000 }

/** Works off a project's calls, oldest first, until there is none. */
export async function runProject(context: OperationContext, projectId: string): Promise<void> {
  let last: string | undefined
  for (;;) {
    const chainId = await operations.nextChain(context.parts.catalog.db, projectId)
    if (chainId === undefined) return
    // Whatever happens to its operations, a chain that was run is over. If not, to go on would be to go round.
    if (chainId === last) throw new Error(`the operations of call ${chainId} did not end`)
    await runChain(context, chainId)
    last = chainId
  }
}

export async function runChain(
  context: OperationContext,
  chainId: string,
  known: ReadonlyMap<OperationAction, OperationDefinition> = definitions,
): Promise<void> {
  const { db } = context.parts.catalog
  let broken = false
  for (const operation of await operations.listOfChain(db, chainId)) {
    if (hasEnded(operation.status)) {
      broken ||= operation.status === 'failed' || operation.status === 'cancelled'
    } else if (broken) {
      await operations.end(db, operation.id, 'cancelled', 'an earlier operation of the same call failed')
    } else {
      broken = !(await runOne(context, operation, known.get(operation.action)))
    }
  }
}

/** True if it finished, or there was nothing to do. */
async function runOne(
  context: OperationContext,
  operation: operations.Operation,
  definition: OperationDefinition | undefined,
): Promise<boolean> {
  const { clock, catalog } = context.parts
  const logger = context.parts.logger.child({ operation: operation.id, action: operation.action })
  const startedAt = clock.now()
  if (operation.status === 'cancelling') {
    // Control died while it was being undone. It is not begun again: what is half undone is no ground to stand on.
    await undo(context, operation, definition?.steps ?? [])
    await operations.end(catalog.db, operation.id, 'failed')
    return false
  }
  await operations.markRunning(catalog.db, operation.id)
  const done: Step[] = []
  const progress = new StepProgress(context.parts, operation.id)
  try {
    if (!definition) throw new Error(`no operation is defined for ${operation.action}`)
    for (const step of definition.steps) {
      done.push(step)
      await progress.begin(step.name)
      await retry(stepRetries, clock, isTransient, async attempt => {
        try {
          await step.run(context, operation)
        } catch (error) {
          if (error instanceof OperationSkipped) throw error
          logger.warn({ step: step.name, attempt, err: error }, 'step failed')
          progress.failed()
          const delayMs = isTransient(error) ? delayAfter(stepRetries, attempt) : undefined
          const retryAt = delayMs === undefined ? null : new Date(clock.now() + delayMs)
          const code = error instanceof PilotlightError ? error.code : null
          await operations.countFailure(catalog.db, operation.id, { text: publicText(error), code }, retryAt)
          throw error
        }
      })
    }
    await progress.end()
  } catch (error) {
    await progress.end()
    if (error instanceof OperationSkipped) {
      await operations.end(catalog.db, operation.id, 'skipped')
      logger.info({ reason: error.message }, 'operation skipped')
      return true
    }
    await operations.markCancelling(catalog.db, operation.id, publicText(error))
    await undo(context, operation, done)
    await operations.end(catalog.db, operation.id, 'failed', publicText(error))
    logger.error({ err: error, tookMs: clock.now() - startedAt }, 'operation failed')
    return false
  }
  await operations.end(catalog.db, operation.id, 'finished')
  logger.info({ tookMs: clock.now() - startedAt }, 'operation finished')
  return true
}

/** Every step's undo, last step first, whether or not it was reached: each looks at what there is to undo. */
export async function undo(
  context: OperationContext,
  operation: operations.Operation,
  done: Step[],
): Promise<void> {
  const { clock, logger } = context.parts
  for (const step of done.toReversed()) {
    try {
      await retry(stepRetries, clock, isTransient, async () => step.undo?.(context, operation))
    } catch (error) {
      logger.error({ operation: operation.id, step: step.name, err: error }, 'undo failed')
    }
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof EngineError) return error.retryable
  if (error instanceof PilotlightError) return error.definition.retry
  return false
}

/** Errors of ours have texts for people; others may hold paths and queries, which stay in the log. */
function publicText(error: unknown): string {
  if (error instanceof PilotlightError || error instanceof EngineError) return error.message
  return 'internal error; the log has the cause'
}
