// Operations as the API shows them: those of a project, newest first.

import * as operations from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Parts } from '../parts.ts'
import type { Projects } from '../projects.ts'

export interface OperationPage {
  operations: operations.Operation[]
  /** Where to go on; undefined on an empty page. */
  cursor: string | undefined
}

export class Operations {
  readonly #parts: Parts
  readonly #projects: Projects

  constructor(parts: Parts, projects: Projects) {
    this.#parts = parts
    this.#projects = projects
  }

  /** Throws project_not_found, invalid_request for a cursor that no list gave out. */
  async list(
    projectId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<OperationPage> {
    await this.#projects.get(projectId)
    const list = await operations.listOfProject(this.#parts.catalog.db, projectId, {
      limit: page.limit,
      after: page.cursor === undefined ? undefined : readCursor(page.cursor),
    })
    const last = list.at(-1)
    return {
      operations: list.map(({ place: _, ...operation }) => operation),
      cursor: last && writeCursor({ createdAt: last.place, position: last.position, id: last.id }),
    }
  }

  /** Throws project_not_found, operation_not_found. */
  async get(projectId: string, operationId: string): Promise<operations.Operation> {
    await this.#projects.get(projectId)
    const operation = await operations.find(this.#parts.catalog.db, projectId, operationId)
    if (!operation) throw new PilotlightError('operation_not_found')
    return operation
  }
}

/** Opaque to clients. It names a place rather than a row: the row may be forgotten before the next page is asked for. */
function writeCursor({ createdAt, position, id }: operations.OperationPlace): string {
  return Buffer.from(JSON.stringify([createdAt, position, id])).toString('base64url')
}

const datePattern = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function readCursor(cursor: string): operations.OperationPlace {
  const foreign = () =>
    new PilotlightError('invalid_request', { detail: 'cursor: not one that this list gave out' })
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw foreign()
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw foreign()
  const [createdAt, position, id] = parts as unknown[]
  if (typeof createdAt !== 'string' || !isDate(createdAt)) throw foreign()
  if (typeof position !== 'number' || !Number.isInteger(position) || Math.abs(position) > 1e6) throw foreign()
  if (typeof id !== 'string' || !idPattern.test(id)) throw foreign()
  return { createdAt, position, id }
}

/** Postgres would refuse the 31st of February, and that is the caller's mistake, not ours. */
function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false
  const seconds = text.slice(0, 19).replace(' ', 'T')
  const date = new Date(`${seconds}Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(seconds)
}
