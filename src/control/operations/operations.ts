// Operations as the API shows them: those of a project, newest first.

import * as operations from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { foreignCursor, isCursorTime, readCursor, writeCursor } from '../cursors.ts'
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
    filter: operations.OperationFilter = {},
  ): Promise<OperationPage> {
    await this.#projects.get(projectId)
    const { limit, cursor } = page
    const after = cursor === undefined ? undefined : pageBegin(cursor)
    const { db } = this.#parts.catalog
    const list = await operations.listOfProject(db, projectId, { limit, after }, filter)
    const last = list.at(-1)
    return {
      operations: list.map(({ created_text: _, ...operation }) => operation),
      cursor: last && writeCursor(last.created_text, String(last.position), last.id),
    }
  }

  /** Throws project_not_found, operation_not_found. */
  async get(projectId: string, operationId: string): Promise<operations.Operation> {
    await this.#projects.get(projectId)
    const operation = await operations.find(this.#parts.catalog.db, projectId, operationId)
    if (!operation) throw new PilotlightError('operation_not_found')
    return operation
  }

  /** With all operations of the same call, in their order. Throws as `get`. */
  async getWithCall(
    projectId: string,
    operationId: string,
  ): Promise<{ operation: operations.Operation; call: operations.Operation[] }> {
    const operation = await this.get(projectId, operationId)
    const { chain_id } = operation
    const call =
      chain_id === null ? [operation] : await operations.listOfChain(this.#parts.catalog.db, chain_id)
    return { operation, call }
  }
}

const positionPattern = /^-?\d{1,6}$/
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function pageBegin(cursor: string): operations.OperationPlace {
  const [createdAt, position, id] = readCursor(cursor, 3) as [string, string, string]
  if (!isCursorTime(createdAt) || !positionPattern.test(position) || !idPattern.test(id))
    throw foreignCursor()
  return { createdAt, position: Number(position), id }
}
