// One statement under way: its results become lines as they come in. It speaks the driver's side of a query (what
// node-postgres calls a Submittable).

import type pg from 'pg'
import type { ConsoleQueryLine } from '../../contract/console-query.ts'
import { queryError } from './query-errors.ts'
import type { QueryOutput } from './query-output.ts'
import type { TypeNames } from './query-types.ts'

/** A line of rows ends with the first that is met. */
const batch = { rows: 500, bytes: 65_536 }

/** What a browser cannot give: told to Postgres, which tells it to whoever reads the error. */
const noCopyIn = 'the console has nothing to copy from; use \\copy of psql'

/** Of the whole answer. */
export interface ByteBudget {
  left: number
}

export interface StatementNeeds {
  output: QueryOutput
  types: TypeNames
  budget: ByteBudget
  maxRows: number
  /** Rows begin to be missing. */
  cut(): void
}

/** The driver's, where its types fall short. */
interface Connection extends pg.Connection {
  sendCopyFail(message: string): void
}

export class QueryStatement implements pg.Submittable {
  readonly #needs: StatementNeeds
  readonly #index: number
  readonly #sql: string
  readonly #isSingle: boolean
  #startedAt = performance.now()
  #rows: (string | null)[][] = []
  #rowsBytes = 0
  #rowsSent = 0
  #hasColumns = false
  #cut: 'rows' | 'bytes' | undefined
  #isOver = false
  #error: unknown
  /** Of all its results; undefined: none counted any. */
  rowCount: number | undefined
  /** `BEGIN`: of its last result. */
  command = ''

  /** `isSingle`: Postgres refuses a text of several statements. */
  constructor(index: number, sql: string, isSingle: boolean, needs: StatementNeeds) {
    this.#index = index
    this.#sql = sql
    this.#isSingle = isSingle
    this.#needs = needs
  }

  /** Undefined: it was carried out. */
  get error(): unknown {
    return this.#error
  }

  get isCut(): boolean {
    return this.#cut !== undefined
  }

  submit(connection: pg.Connection): void {
    this.#startedAt = performance.now()
    if (!this.#isSingle) {
      connection.query(this.#sql)
      return
    }
    connection.parse({ name: '', text: this.#sql, types: [] }, true)
    connection.bind({}, true)
    connection.describe({ type: 'P' }, true)
    connection.execute(null, true)
    connection.sync()
  }

  handleRowDescription({ fields }: { fields: pg.FieldDef[] }): void {
    const types = fields.map(({ dataTypeID, dataTypeModifier }) => ({
      ...{ oid: dataTypeID, typmod: dataTypeModifier },
    }))
    const line = (names: string[]): ConsoleQueryLine => ({
      ...{ type: 'columns', statement: this.#index },
      columns: fields.map(({ name, dataTypeID }, at) => ({
        name,
        type_oid: dataTypeID,
        type: names[at] ?? '',
      })),
    })
    const known = this.#needs.types.known(types)
    this.#needs.output.send(known ? line(known) : this.#needs.types.ask(types).then(line))
    this.#hasColumns = true
  }

  handleDataRow({ fields, length }: { fields: (string | null)[]; length: number }): void {
    if (this.#cut) return
    if (this.#rowsSent + this.#rows.length >= this.#needs.maxRows) {
      this.#cutOff('rows')
      return
    }
    if (length > this.#needs.budget.left) {
      this.#cutOff('bytes')
      return
    }
    this.#needs.budget.left -= length
    this.#rows.push(fields)
    this.#rowsBytes += length
    if (this.#rows.length >= batch.rows || this.#rowsBytes >= batch.bytes) this.#sendRows()
    // Those of a slow statement are seen when they come.
    else if (this.#rows.length === 1) setImmediate(() => this.#sendRows())
  }

  /** A row or a value that is too large was left out of what comes in. */
  leftOut(): void {
    if (!this.#isOver && !this.#cut) this.#cutOff('bytes')
  }

  #cutOff(why: 'rows' | 'bytes'): void {
    this.#sendRows()
    this.#cut = why
    this.#needs.cut()
  }

  #sendRows(): void {
    if (this.#rows.length === 0) return
    this.#needs.output.send({ type: 'rows', statement: this.#index, rows: this.#rows })
    this.#rowsSent += this.#rows.length
    this.#rows = []
    this.#rowsBytes = 0
  }

  /** COPY … TO STDOUT: one column, whose rows are the lines of the copy. */
  handleCopyData({ chunk, length }: { chunk: Buffer; length: number }): void {
    if (!this.#hasColumns) {
      const columns = [{ name: 'copy', type_oid: 25, type: 'text' }]
      this.#needs.output.send({ type: 'columns', statement: this.#index, columns })
      this.#hasColumns = true
    }
    this.handleDataRow({ fields: [chunk.toString('utf8').replace(/\r?\n$/, '')], length })
  }

  handleCopyInResponse(connection: Connection): void {
    connection.sendCopyFail(noCopyIn)
    // The one that was sent before is not heard while a copy is waited for (manual, COPY Operations).
    if (this.#isSingle) connection.sync()
  }

  handleCommandComplete({ text }: { text: string }): void {
    const count = /\d+$/.exec(text)
    if (count) this.rowCount = (this.rowCount ?? 0) + Number(count[0])
    this.#finish(text, count ? Number(count[0]) : null)
  }

  handleEmptyQuery(): void {
    this.#finish('', null)
  }

  handlePortalSuspended(): void {}

  handleReadyForQuery(): void {
    this.#isOver = true
  }

  handleError(error: unknown): void {
    this.#isOver = true
    this.#sendRows()
    this.#error = error
  }

  /** It was stopped because of the rows that nobody takes, which is no error. */
  stopped(): void {
    this.#error = undefined
    this.#finish('SELECT', null)
  }

  /** The line of its error. */
  sendError(): void {
    this.#needs.output.send({ type: 'error', statement: this.#index, error: queryError(this.#error) })
  }

  #finish(command: string, rowCount: number | null): void {
    this.#sendRows()
    this.command = command
    const now = performance.now()
    this.#needs.output.send({
      ...{ type: 'done', statement: this.#index, command, row_count: rowCount },
      ...(this.#cut && { cut: this.#cut }),
      ms: Math.round((now - this.#startedAt) * 10) / 10,
    })
    // Another result of the same text begins.
    this.#startedAt = now
    this.#hasColumns = false
    this.#cut = undefined
    this.#rowsSent = 0
  }
}
