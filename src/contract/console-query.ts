// What the console's SQL editor and tables ask: POST /api/console/query, answered with one JSON object a line.
//
// What can be refused before the session (an unknown branch, a password that is not stored, too many queries at once) is
// answered as anywhere in the API: with a status and {request_id, code, message}. Everything later is a line. Who closes the
// request cancels the statement at once. While there is nothing to tell, an empty line comes every 15 s: what stands in
// between must not take silence for an end.

import { z } from 'zod'
import { clientName, idText } from './console-names.ts'
import { limits } from './limits.ts'
import { pathText } from './shapes/basics.ts'

/** NUL ends a string of the protocol. */
const sqlText = pathText.min(1)

export const consoleQuerySchema = z.object({
  project_id: idText,
  branch_id: idText,
  database: clientName,
  role: clientName,
  /** Carried out in order, in one session; the first that fails is the last. */
  statements: z
    .array(
      z.object({
        /**
         * One; with `read_only` and `transaction` nothing else is taken. Without them, several in one string are one
         * implicit transaction, and give several results.
         */
        sql: sqlText,
        /** Where the count of its rows is another, it fails. With `transaction`, that takes all of them back. */
        expected_rows: z.number().int().min(0).optional(),
      }),
    )
    .min(1)
    .max(limits.consoleQueryStatements),
  /**
   * All or nothing: a statement that ends the transaction by itself is an error. False: as psql does, each for itself; what
   * BEGIN opened and nothing ended is rolled back.
   */
  transaction: z.boolean().default(false),
  /** Whoever writes gets an error of Postgres's (25006). No SET and no BEGIN undoes it. */
  read_only: z.boolean().default(false),
  /** A moment of the branch's past, which can only be read. */
  at: z
    .union([z.object({ timestamp: z.iso.datetime({ offset: true }) }), z.object({ lsn: z.string().max(20) })])
    .optional(),
  /** Of each statement. */
  timeout_ms: z.number().int().min(1).max(limits.consoleQueryMs).optional(),
  /** Of each statement; those beyond are not sent. See `cut`. */
  max_rows: z.number().int().min(1).max(limits.consoleQueryRows).optional(),
})
export type ConsoleQuery = z.input<typeof consoleQuerySchema>

export interface ConsoleQueryColumn {
  name: string
  /** The oid in pg_type, and how Postgres writes it: `character varying(20)`. */
  type_oid: number
  type: string
}

/** The error fields of the protocol (manual, Error and Notice Message Fields). */
export interface ConsoleQueryError {
  severity: string
  code: string
  message: string
  detail?: string
  hint?: string
  /** Counted in characters from 1, within the statement. */
  position?: number
  where?: string
  schema?: string
  table?: string
  column?: string
  constraint?: string
  /** Of contract/errors.ts, where the error is ours and not Postgres's; `hint` is then its remedy. */
  error_code?: string
}

/** A line of the answer. `statement` counts from 0; one that holds several gives several results. */
export type ConsoleQueryLine =
  /** The session is there. `woke`: the compute was asleep. */
  | { type: 'connected'; ms: number; woke: boolean }
  | { type: 'columns'; statement: number; columns: ConsoleQueryColumn[] }
  /** Values as Postgres writes them; null: NULL. */
  | { type: 'rows'; statement: number; rows: (string | null)[][] }
  /** NOTIFY to a channel that the session listens to comes as a notice too, of severity NOTIFY. */
  | { type: 'notice'; statement: number; notice: ConsoleQueryError }
  | {
      type: 'done'
      statement: number
      /** `INSERT 0 3` */
      command: string
      row_count: number | null
      /**
       * Why rows are missing. A statement that only reads was stopped (`row_count` is null: nobody counted them); one that
       * writes, or stands in a transaction, was carried out to its end.
       */
      cut?: 'rows' | 'bytes'
      ms: number
    }
  /** Of a statement, or, null, of the session. The last line but `end`. */
  | { type: 'error'; statement: number | null; error: ConsoleQueryError }
  /** Always the last: without it, the answer is torn. */
  | { type: 'end'; ms: number; rolled_back: boolean }
