// A unit: everything that one call does in the catalog, in one transaction, however many queries and transactions the
// code in between thinks it makes. An Idempotency-Key needs it: the answer is kept if, and only if, what it tells of is.
//
// Within a unit the catalog's `db` hands out the unit's one connection; a transaction there is a savepoint. What has to
// happen after the commit (proxies are told of a change, say) is handed to `afterCommit`, which waits for the unit's.

import { AsyncLocalStorage } from 'node:async_hooks'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'

interface Unit {
  driver: Driver
  connection: UnitConnection
  open: boolean
  afterCommit: (() => void)[]
}

const units = new AsyncLocalStorage<Unit>()

/** The open unit that this code runs in. What a call leaves running behind itself is in none any more. */
function openUnit(driver?: Driver): Unit | undefined {
  const unit = units.getStore()
  return unit?.open && (driver === undefined || unit.driver === driver) ? unit : undefined
}

/** `work` takes no part in the unit that this code runs in: it is about something else, or shared with others. */
export function outsideOfUnit<T>(work: () => T): T {
  return units.exit(work)
}

/** Runs it once what was written is there for all to see: at once outside of a unit; never if the unit is rolled back. */
export function afterCommit(run: () => void): void {
  const unit = openUnit()
  if (unit) unit.afterCommit.push(run)
  else run()
}

/**
 * A unit that waits for something else this long while it holds locks is given up by Postgres: nothing that a call does
 * takes so long, unless it waits for itself.
 */
const idleTimeoutMs = 30_000

/** One connection for all who ask within a unit. Queries come one after the other. */
class UnitConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection
  #turn: Promise<unknown> = Promise.resolve()
  #depth = 0

  constructor(inner: DatabaseConnection) {
    this.#inner = inner
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // A query that fails outside of a transaction leaves the others alone; it must do so here too.
    return this.#depth > 0 ? this.raw<R>(query) : this.#guarded<R>(query)
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('a unit streams no queries')
  }

  /** As `executeQuery`, whatever comes of it. */
  raw<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#inTurn(() => this.#inner.executeQuery<R>(query))
  }

  run(text: string): Promise<unknown> {
    return this.raw(CompiledQuery.raw(text))
  }

  begin(): Promise<unknown> {
    return this.run(`savepoint level_${++this.#depth}`)
  }

  commit(): Promise<unknown> {
    return this.run(`release savepoint level_${this.#depth--}`)
  }

  async rollback(): Promise<void> {
    const level = this.#depth--
    await this.run(`rollback to savepoint level_${level}`)
    await this.run(`release savepoint level_${level}`)
  }

  #guarded<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#inTurn(async () => {
      const run = (text: string) => this.#inner.executeQuery(CompiledQuery.raw(text))
      await run('savepoint query')
      try {
        const result = await this.#inner.executeQuery<R>(query)
        await run('release savepoint query')
        return result
      } catch (error) {
        await run('rollback to savepoint query')
        throw error
      }
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }
}

class UnitDriver implements Driver {
  readonly #inner: Driver

  constructor(inner: Driver) {
    this.#inner = inner
  }

  init(): Promise<void> {
    return this.#inner.init()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return openUnit(this)?.connection ?? (await this.#inner.acquireConnection())
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (!(connection instanceof UnitConnection)) await this.#inner.releaseConnection(connection)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (connection instanceof UnitConnection) await connection.begin()
    else await this.#inner.beginTransaction(connection, settings)
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof UnitConnection) await connection.commit()
    else await this.#inner.commitTransaction(connection)
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof UnitConnection) await connection.rollback()
    else await this.#inner.rollbackTransaction(connection)
  }

  destroy(): Promise<void> {
    return this.#inner.destroy()
  }

  /** Commits if `work` says so, and what was handed to `afterCommit` then runs. A unit within a unit is part of it. */
  async unit<T>(work: () => Promise<{ commit: boolean; value: T }>): Promise<T> {
    if (openUnit(this)) return (await work()).value
    const inner = await this.#inner.acquireConnection()
    const connection = new UnitConnection(inner)
    const unit: Unit = { driver: this, connection, open: true, afterCommit: [] }
    try {
      await connection.run(`begin; set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`)
      const { commit, value } = await units.run(unit, async () => {
        try {
          return await work()
        } finally {
          unit.open = false
        }
      })
      if (commit) {
        // Not COMMIT in a transaction that failed, which Postgres answers with ROLLBACK and no error.
        await this.#inner.commitTransaction(inner)
        for (const run of unit.afterCommit) run()
      } else {
        await this.#inner.rollbackTransaction(inner)
      }
      return value
    } catch (error) {
      await this.#inner.rollbackTransaction(inner).catch(() => {})
      throw error
    } finally {
      unit.open = false
      await this.#inner.releaseConnection(inner)
    }
  }
}

/** Kysely's dialect for Postgres, whose queries join the open unit. For one Kysely, which makes its driver at once. */
export class UnitDialect extends PostgresDialect {
  #driver: UnitDriver | undefined

  override createDriver(): Driver {
    this.#driver = new UnitDriver(super.createDriver())
    return this.#driver
  }

  /** Commits if `work` says so. The database was asked something before: that is what brings its driver up. */
  unit<T>(work: () => Promise<{ commit: boolean; value: T }>): Promise<T> {
    if (!this.#driver) throw new Error('a dialect gets its driver from its Kysely')
    return this.#driver.unit(work)
  }
}
