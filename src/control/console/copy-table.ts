// A table as it lies, by COPY, which plans nothing. What is planned may carry out functions (the conditions of its
// indexes, say), with every right of who asks, whoever has written them.

import pg from 'pg'
import { boundMessages } from './frame-bound.ts'

export interface CopiedTable {
  schema: string
  table: string
  columns: string[]
}

/** As Postgres writes them; null: NULL. */
export type CopiedRow = (string | null)[]

/** Of a connection whose rows are no longer than `maxBytes`; what is longer is left out, and counted. */
export class TableCopier {
  readonly #client: pg.Client
  #leftOut = 0

  constructor(client: pg.Client, maxBytes: number) {
    this.#client = client
    const { stream } = client.connection
    boundMessages(stream, {
      ...{ maxBytes, tooLarge: () => stream.destroy() },
      leftOut: () => {
        this.#leftOut++
      },
    })
  }

  /** How many rows were left out. Throws what the connection and Postgres do. */
  async copy({ schema, table, columns }: CopiedTable, take: (row: CopiedRow) => void): Promise<number> {
    const before = this.#leftOut
    const list = columns.map(pg.escapeIdentifier).join(', ')
    const place = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`
    const copy = new Copy(`copy ${place} (${list}) to stdout`, take)
    this.#client.query(copy)
    await copy.done
    return this.#leftOut - before
  }
}

/** The driver's side of it. */
class Copy implements pg.Submittable {
  readonly #sql: string
  readonly #take: (row: CopiedRow) => void
  readonly #ended = Promise.withResolvers<void>()
  readonly done = this.#ended.promise

  constructor(sql: string, take: (row: CopiedRow) => void) {
    this.#sql = sql
    this.#take = take
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql)
  }

  /** One a row (manual, COPY Operations). */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#take(fieldsOf(chunk.toString('utf8').replace(/\n$/, '')))
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#ended.resolve()
  }

  handleError(error: unknown): void {
    this.#ended.reject(error)
  }
}

const escaped: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** A line of the text format (manual, COPY). */
function fieldsOf(line: string): CopiedRow {
  return line
    .split('\t')
    .map(field =>
      field === '\\N' ? null : field.replace(/\\(.)/g, (_, letter: string) => escaped[letter] ?? letter),
    )
}
