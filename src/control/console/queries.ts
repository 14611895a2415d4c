// SQL of the console's: looked up, admitted, carried out. The text and the values are nobody's business: no log has them.

import pg from 'pg'
import * as endpoints from '../../catalog/endpoints.ts'
import type { ConsoleQueryError } from '../../contract/console-query.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { readMoment } from '../../contract/moment.ts'
import type { Branches } from '../branches/branches.ts'
import type { Parts } from '../parts.ts'
import type { Passwords } from '../passwords.ts'
import { ClientSession, type ClientSessionRequest } from './client-session.ts'
import { errorCodeOf, remedyOf } from './known-errors.ts'
import type { Places } from './places.ts'
import { queryError } from './query-errors.ts'
import { type LineSink, QueryOutput } from './query-output.ts'
import { type CheckedQuery, QueryScript } from './query-script.ts'
import { TypeNames } from './query-types.ts'

export interface AdmittedQuery {
  /** Rejects only by a fault of ours: what goes wrong is a line. `signal`: whoever asked has left, and what runs for them is stopped. */
  run(sink: LineSink, signal: AbortSignal): Promise<void>
}

export class Queries {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #passwords: Passwords
  readonly #places: Places

  constructor(parts: Parts, branches: Branches, passwords: Passwords, places: Places) {
    this.#parts = parts
    this.#branches = branches
    this.#passwords = passwords
    this.#places = places
  }

  /**
   * What is admitted has to be run: it holds a place. Throws project_, branch_ and role_not_found, password_not_stored,
   * branch_without_compute, moment_invalid, console_queries_limit.
   */
  async admit(query: CheckedQuery): Promise<AdmittedQuery> {
    const leave = this.#places.take()
    try {
      const request = await this.#find(query)
      return { run: async (sink, signal) => await this.#run(query, request, sink, signal).finally(leave) }
    } catch (error) {
      leave()
      throw error
    }
  }

  async #find(query: CheckedQuery): Promise<ClientSessionRequest> {
    const { project_id, branch_id, database, role, at } = query
    const moment = at ? readMoment('lsn' in at ? { lsn: at.lsn } : { timestamp: at.timestamp }) : null
    const branch = await this.#branches.get(project_id, branch_id)
    const writer = moment ? undefined : await endpoints.findWriter(this.#parts.catalog.db, branch.id)
    if (!moment && !writer) throw new PilotlightError('branch_without_compute')
    const password = await this.#passwords.reveal(project_id, branch.id, role)
    const settings = [`statement_timeout=${query.timeout_ms ?? limits.consoleQueryMs}`]
    return { ...{ endpoint: writer?.id ?? branch.id, role, password, database, moment, settings } }
  }

  async #run(
    query: CheckedQuery,
    request: ClientSessionRequest,
    sink: LineSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { settings, clock, logger } = this.#parts
    const startedAt = performance.now()
    const passedMs = () => Math.round(performance.now() - startedAt)
    const output = new QueryOutput(sink)
    const types = new TypeNames(() => ClientSession.open(settings, request, signal))
    let session: ClientSession | undefined
    let isRolledBack = false
    try {
      session = await ClientSession.open(settings, request, signal)
      output.send({ type: 'connected', ms: passedMs(), woke: session.woke })
      isRolledBack = await new QueryScript(query, { session, output, types, clock }).run()
    } catch (error) {
      // Else it is the door itself that is not there: we start or stop, or the machine is not well.
      const isAnswer = error instanceof pg.DatabaseError
      if (!isAnswer && !signal.aborted) {
        logger.warn({ branch: query.branch_id, role: query.role, err: error }, 'console query not run')
      }
      const known = isAnswer ? error : new PilotlightError('unavailable', {}, { cause: error })
      output.send({ type: 'error', statement: null, error: loginError(known) })
    }
    await session?.close()
    // The names of types may still be asked for.
    await output.flushed()
    await types.close()
    output.send({ type: 'end', ms: passedMs(), rolled_back: isRolledBack })
    await output.flushed()
  }
}

/** With what to do about it, and, where it is the proxy's, its name. */
function loginError(error: pg.DatabaseError | PilotlightError): ConsoleQueryError {
  const line = queryError(error)
  if (error instanceof PilotlightError) return line
  const code = errorCodeOf(error)
  return { ...line, hint: remedyOf(error), ...(code && { error_code: code }) }
}
