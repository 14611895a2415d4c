// The statements of a request, one after another in one session: each for itself as psql does it, each in a transaction that
// can only read, or all in one.

import type { z } from 'zod'
import type { consoleQuerySchema } from '../../contract/console-query.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ClientSession } from './client-session.ts'
import { isPlainRead } from './plain-read.ts'
import { isQueryCanceled, ofServer, queryError, type ServerMessage } from './query-errors.ts'
import type { QueryOutput } from './query-output.ts'
import { type ByteBudget, QueryStatement } from './query-statement.ts'
import type { TypeNames } from './query-types.ts'

export type CheckedQuery = z.output<typeof consoleQuerySchema>

export interface ScriptNeeds {
  session: Pick<
    ClientSession,
    'status' | 'stream' | 'boundMessages' | 'onNotice' | 'onNotification' | 'run' | 'query' | 'cancel'
  >
  output: QueryOutput
  types: TypeNames
  clock: Pick<Clock, 'after'>
}

/** The query is what has it read: from then on no SET TRANSACTION makes it a transaction that writes. */
const beginReadOnly = 'begin read only; select 1'

/** SQLSTATE 25001: of a BEGIN in a transaction of ours, which its author knows nothing of. */
const transactionAlready = '25001'

/** Of those that end a transaction and begin the next. */
function endsByChain(command: string, sql: string): boolean {
  return command === 'COMMIT' || (command === 'ROLLBACK' && /\bchain\b/i.test(sql))
}

/** Postgres's own timeout comes first, unless the statement has set it otherwise. */
const timeoutGraceMs = 2_000

export class QueryScript {
  readonly #query: CheckedQuery
  readonly #needs: ScriptNeeds
  readonly #budget: ByteBudget = { left: limits.consoleQueryBytes }
  #current: { index: number; statement: QueryStatement } | undefined
  /** A transaction of ours is around what runs. */
  #isWrapped = false

  constructor(query: CheckedQuery, needs: ScriptNeeds) {
    this.#query = query
    this.#needs = needs
    const { session, output } = needs
    output.from(session.stream)
    session.boundMessages(limits.consoleQueryRowBytes, () => this.#current?.statement.leftOut())
    session.onNotice(notice => this.#notice(notice))
    session.onNotification(({ channel, payload, processId }) =>
      this.#notice({
        ...{ severity: 'NOTIFY', code: '00000' },
        message: `notification on channel ${channel} from process ${processId}${payload ? `: ${payload}` : ''}`,
      }),
    )
  }

  /** Whether a transaction was rolled back. Never rejects: what goes wrong is a line. */
  async run(): Promise<boolean> {
    return this.#query.transaction ? await this.#together() : await this.#each()
  }

  async #together(): Promise<boolean> {
    const { session, output } = this.#needs
    if (!(await this.#own(this.#query.read_only ? beginReadOnly : 'begin'))) return false
    for (const index of this.#query.statements.keys()) {
      const statement = await this.#carryOut(index, { isSingle: true, mayStop: false })
      if (!statement) {
        await this.#rollBack()
        return true
      }
      if (session.status === 'I' || endsByChain(statement.command, this.#query.statements[index]!.sql)) {
        const error = queryError(new PilotlightError('transaction_ended_early'))
        output.send({ type: 'error', statement: index, error })
        return statement.command === 'ROLLBACK'
      }
    }
    return await this.#commit()
  }

  async #commit(): Promise<boolean> {
    const { session, output } = this.#needs
    try {
      await session.query('commit')
      return false
    } catch (error) {
      const isLost = error instanceof PilotlightError
      const known = isLost ? new PilotlightError('commit_unknown', {}, { cause: error }) : error
      output.send({ type: 'error', statement: null, error: queryError(known) })
      return !isLost
    }
  }

  async #each(): Promise<boolean> {
    const { session } = this.#needs
    // A past moment only reads by itself.
    const readOnly = this.#query.read_only && !this.#query.at
    for (const index of this.#query.statements.keys()) {
      const wasIdle = session.status === 'I'
      const done = readOnly
        ? await this.#reading(index, wasIdle)
        : await this.#carryOut(index, { isSingle: false, mayStop: wasIdle })
      if (!done) break
    }
    if (session.status === 'I') return false
    await this.#rollBack()
    return true
  }

  /** In a transaction that only reads: ours, or what its author opened by BEGIN inside of one of ours. */
  async #reading(index: number, wasIdle: boolean): Promise<boolean> {
    const { session } = this.#needs
    // In the author's own it is COMMIT AND CHAIN that begins one which has not read yet.
    if (!(await this.#own(wasIdle ? beginReadOnly : 'select 1'))) return false
    this.#isWrapped = wasIdle
    const statement = await this.#carryOut(index, { isSingle: true, mayStop: wasIdle })
    this.#isWrapped = false
    const isKept = statement?.command === 'BEGIN' || statement?.command === 'START TRANSACTION'
    if (!wasIdle || isKept || session.status === 'I') return statement !== undefined
    const ended = await this.#own(session.status === 'T' ? 'commit' : 'rollback')
    return ended && statement !== undefined
  }

  /** Undefined: it failed, and that was told. */
  async #carryOut(
    index: number,
    how: { isSingle: boolean; mayStop: boolean },
  ): Promise<QueryStatement | undefined> {
    const { session, output, types, clock } = this.#needs
    const { sql, expected_rows: expected } = this.#query.statements[index]!
    const mayStop = how.mayStop && expected === undefined && isPlainRead(sql)
    let stopping: Promise<void> | undefined
    const stop = () => {
      stopping ??= session.cancel()
    }
    const statement = new QueryStatement(index, sql, how.isSingle, {
      ...{ output, types, budget: this.#budget, maxRows: this.#query.max_rows ?? limits.consoleQueryRows },
      cut: () => {
        if (mayStop) stop()
      },
    })
    const timeoutMs = this.#query.timeout_ms ?? limits.consoleQueryMs
    const late = clock.after(timeoutMs + timeoutGraceMs, stop)
    this.#current = { index, statement }
    try {
      await session.run(statement)
    } catch (error) {
      statement.handleError(error)
    } finally {
      late.cancel()
      this.#current = undefined
    }
    await types.settled()
    if (stopping) {
      await stopping
      // Where it came to its end before, the request to stop is for nobody else.
      const met = await session.query('select 1').then(
        () => undefined,
        (error: unknown) => error,
      )
      if (mayStop && statement.isCut && isQueryCanceled(statement.error)) statement.stopped()
      // But the transaction has failed by it, and COMMIT would roll that back without a word.
      else if (!mayStop && statement.error === undefined && session.status === 'E') statement.handleError(met)
    }
    if (statement.error !== undefined) {
      statement.sendError()
      return undefined
    }
    if (expected === undefined || statement.rowCount === expected) return statement
    const values = { expected, found: statement.rowCount ?? 0 }
    const error = queryError(new PilotlightError('rows_unexpected', values))
    output.send({ type: 'error', statement: index, error })
    return undefined
  }

  /** Of ours. False: it failed, and that was told. */
  async #own(sql: string): Promise<boolean> {
    try {
      await this.#needs.session.query(sql)
      return true
    } catch (error) {
      this.#needs.output.send({ type: 'error', statement: null, error: queryError(error) })
      return false
    }
  }

  /** Where the session is lost, Postgres does it by itself. */
  async #rollBack(): Promise<void> {
    await this.#needs.session.query('rollback').catch(() => {})
  }

  #notice(notice: ServerMessage): void {
    if (!this.#current || (this.#isWrapped && notice.code === transactionAlready)) return
    const { index } = this.#current
    this.#needs.output.send({ type: 'notice', statement: index, notice: ofServer(notice) })
  }
}
