// The queue: graphile-worker's, in the catalog. A job works off the calls of one project, one after the other; a named
// queue per project sees to it that no two jobs do so at once. Different projects run side by side.

import { randomUUID } from 'node:crypto'
import { makeWorkerUtils, Logger as QueueLogger, type Runner, run } from 'graphile-worker'
import { sql } from 'kysely'
import type { Db } from '../../catalog/catalog.ts'
import * as operations from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { Logger } from '../../lib/logger.ts'
import { causeOfNow } from '../asker.ts'
import type { Parts } from '../parts.ts'
import type { OperationContext } from './operation.ts'
import { runProject } from './run.ts'

const task = 'operations-run'

/** Projects that are worked on at the same time. Each job mostly waits for Postgres or the disk. */
const concurrency = 8

/**
 * Enters the operations of one call, inside the caller's transaction: they are run if, and only if, it commits.
 * Throws too_many_operations.
 */
export async function enqueue(db: Db, list: operations.NewOperation[]): Promise<operations.Operation[]> {
  const projectId = list[0]?.project_id
  if (projectId === undefined) return []
  const unfinished = await operations.countUnfinished(db, projectId)
  if (unfinished + list.length > limits.unfinishedOperationsPerProject) {
    throw new PilotlightError('too_many_operations', { limit: limits.unfinishedOperationsPerProject })
  }
  return await enter(db, projectId, list)
}

/** As `enqueue`, without a bound: what a deletion has to do is as much as there is of it. */
export async function enqueueLast(db: Db, list: operations.NewOperation[]): Promise<void> {
  const projectId = list[0]?.project_id
  if (projectId === undefined) return
  // Each is a call of its own: where one fails, the others are carried out all the same.
  for (const operation of list) await enter(db, projectId, [operation])
}

async function enter(
  db: Db,
  projectId: string,
  list: operations.NewOperation[],
): Promise<operations.Operation[]> {
  const cause = causeOfNow()
  const caused = list.map(operation => ({ cause, ...operation }))
  const entered = await operations.insertChain(db, randomUUID(), caused)
  const payload = JSON.stringify({ projectId })
  const queue = `project:${projectId}`
  // One job that waits is enough for a project: it takes all calls that are there when it runs.
  await sql`
    select graphile_worker.add_job(
      ${task}, ${payload}::json, queue_name => ${queue}, job_key => ${queue}, max_attempts => 25)
  `.execute(db)
  return entered
}

export interface OperationQueue {
  /** Lets running operations end, up to a bound; the rest is taken up at the next start. */
  stop(): Promise<void>
}

/** Makes the queue's own tables. Before anything is entered. */
export async function prepareQueue(parts: Parts): Promise<void> {
  const utils = await makeWorkerUtils({ pgPool: parts.catalog.pool, logger: queueLogger(parts.logger) })
  try {
    await utils.migrate()
  } finally {
    await utils.release()
  }
}

/**
 * Starts to work. Only one control runs at a time (it holds a lock in the catalog), so whatever is still locked was
 * left by a dead one, and is taken up at once.
 */
export async function startQueue(context: OperationContext): Promise<OperationQueue> {
  const { parts } = context
  await parts.catalog.pool.query(
    `select graphile_worker.force_unlock_workers(
       array(select distinct locked_by from graphile_worker.jobs where locked_by is not null))`,
  )
  const runner: Runner = await run({
    pgPool: parts.catalog.pool,
    concurrency,
    noHandleSignals: true,
    // Jobs are announced by NOTIFY; the poll is for those whose announcement was lost.
    pollInterval: 2000,
    logger: queueLogger(parts.logger),
    parsedCronItems: [],
    taskList: {
      [task]: async payload => {
        await runProject(context, (payload as { projectId: string }).projectId)
      },
    },
  })
  // The runner's own end is reported by stop(); a failure of the pool ends this process elsewhere.
  runner.promise.catch(error => parts.logger.error({ err: error }, 'operation queue ended'))
  return { stop: () => runner.stop() }
}

function queueLogger(logger: Logger): QueueLogger {
  const own = logger.child({ part: 'queue' })
  return new QueueLogger(() => (level, message) => {
    if (level === 'error') own.error({}, message)
    else if (level === 'warning') own.warn({}, message)
    else own.debug({}, message)
  })
}
