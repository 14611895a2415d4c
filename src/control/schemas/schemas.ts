// The schema of a branch's database, now or at a past moment, and what tells two of them apart.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { PastMoment } from '../../contract/moment.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import type { Branches } from '../branches/branches.ts'
import { withCompute } from '../computes/compute-sql.ts'
import { type InspectionNeeds, inspect } from '../time-travel/inspection.ts'
import { readTables, type SchemaTable } from './schema-json.ts'
import { runPgDump } from './schema-pg-dump.ts'
import { hasWasmPgDump, runWasmPgDump, wasmMajor } from './schema-pg-dump-wasm.ts'
import { findPgDump } from './schema-program.ts'

export interface SchemaPlace {
  branchId: string
  moment: PastMoment | null
  /** How the caller names the moment's time. */
  field: string
}

export interface SchemaNeeds extends InspectionNeeds {
  branches: Branches
}

/** Two schemas that have nothing in common are compared line by line for as long. */
const diffTimeoutMs = 10_000

export class Schemas {
  readonly #needs: SchemaNeeds
  /** One at a time a project: each is a process with its memory, and a comparison asks for two. */
  readonly #lock = new KeyedLock()

  constructor(needs: SchemaNeeds) {
    this.#needs = needs
  }

  /**
   * What pg_dump prints. Throws branch_not_found, database_not_found, pg_dump_missing, schema_dump_failed,
   * schema_too_large, and what waking a compute or opening a moment does.
   */
  async sql(projectId: string, place: SchemaPlace, database: string): Promise<string> {
    return await this.#read(projectId, place, login => this.#dump(login, database))
  }

  /** Throws as `sql`, but for pg_dump's errors. */
  async tables(projectId: string, place: SchemaPlace, database: string): Promise<SchemaTable[]> {
    return await this.#read(projectId, place, async login => {
      const tables = await withCompute(login, readTables, { database })
      if (Buffer.byteLength(JSON.stringify(tables)) > limits.schemaBytes) {
        throw new PilotlightError('schema_too_large', { limit: limits.schemaBytes })
      }
      return tables
    })
  }

  /**
   * A unified diff that makes `base`'s schema that of `place`; empty: they are the same. A branch is compared with its
   * parent, or with itself if it has none, where `base` names no branch. Throws as `sql`.
   */
  async compare(
    projectId: string,
    place: SchemaPlace,
    base: Omit<SchemaPlace, 'branchId'> & { branchId: string | undefined },
    database: string,
  ): Promise<string> {
    const branch = await this.#needs.branches.get(projectId, place.branchId)
    const branchId = base.branchId ?? branch.parent_id ?? branch.id
    const before = await this.sql(projectId, { ...base, branchId }, database)
    const after = await this.sql(projectId, place, database)
    return await diffOf(database, before, after)
  }

  async #read<T>(projectId: string, place: SchemaPlace, work: (login: AdminLogin) => Promise<T>): Promise<T> {
    const branch = await this.#needs.branches.get(projectId, place.branchId)
    return await this.#lock.run(projectId, () => inspect(this.#needs, branch, place, work))
  }

  async #dump(login: AdminLogin, database: string): Promise<string> {
    // A database that is not there is found out here: pg_dump says so in words only.
    const version = await withCompute(
      login,
      async client => {
        const { rows } = await client.query<{ server_version: string }>('show server_version')
        return rows[0]?.server_version ?? ''
      },
      { database },
    )
    const major = Number.parseInt(version, 10)
    const { postgres } = await this.#needs.parts.engine.capabilities()
    const program = await findPgDump(major, postgres)
    if (program) return await runPgDump(program, login, database)
    if (major <= wasmMajor && hasWasmPgDump()) return await runWasmPgDump(login, database)
    throw new PilotlightError('pg_dump_missing', { version: major })
  }
}

/** Takes turns with the rest of this process: it may be much. Throws schema_dump_failed. */
async function diffOf(database: string, before: string, after: string): Promise<string> {
  if (before === after) return ''
  const patch = await new Promise<string | undefined>(resolve =>
    createTwoFilesPatch(`a/${database}`, `b/${database}`, before, after, undefined, undefined, {
      ...{ context: 3, headerOptions: FILE_HEADERS_ONLY, timeout: diffTimeoutMs },
      callback: resolve,
    }),
  )
  if (patch === undefined) {
    throw new PilotlightError('schema_dump_failed', { detail: 'the two have too little in common' })
  }
  return patch
}
