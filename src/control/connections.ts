// Connection details: what people copy.

import { connectionString, connectionStringWithOptions, endpointHost } from '../contract/connection-string.ts'
import { PilotlightError } from '../contract/errors.ts'
import type { Branches } from './branches/branches.ts'
import type { Endpoints } from './endpoints.ts'
import type { Parts } from './parts.ts'
import type { Passwords } from './passwords.ts'

export interface ConnectionRequest {
  projectId: string
  branchId?: string | undefined
  endpointId?: string | undefined
  database: string
  role: string
  pooled?: boolean | undefined
}

export interface Connection {
  uri: string
  host: string
  poolerHost: string
  port: number
  password: string
  endpointId: string
}

export class Connections {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #endpoints: Endpoints
  readonly #passwords: Passwords

  constructor(parts: Parts, branches: Branches, endpoints: Endpoints, passwords: Passwords) {
    this.#parts = parts
    this.#branches = branches
    this.#endpoints = endpoints
    this.#passwords = passwords
  }

  /** Throws branch_, endpoint_, database_ and role_not_found, password_not_stored. */
  async describe(request: ConnectionRequest): Promise<Connection> {
    const branch = request.branchId
      ? await this.#branches.get(request.projectId, request.branchId)
      : await this.#branches.defaultOf(request.projectId)
    const candidates = await this.#endpoints.list(request.projectId)
    const endpoint = request.endpointId
      ? candidates.find(candidate => candidate.id === request.endpointId)
      : candidates.find(candidate => candidate.branch_id === branch.id && candidate.type === 'read_write')
    if (!endpoint || (request.branchId && endpoint.branch_id !== branch.id)) {
      throw new PilotlightError('endpoint_not_found')
    }
    const databases = await this.#branches.databases(request.projectId, endpoint.branch_id)
    // `postgres` can be reached on every endpoint, though it is nobody's and not listed.
    if (request.database !== 'postgres' && !databases.some(database => database.name === request.database)) {
      throw new PilotlightError('database_not_found')
    }
    const password = await this.#passwords.reveal(request.projectId, endpoint.branch_id, request.role)
    return this.of({ ...request, endpointId: endpoint.id, password })
  }

  /** Written with `127.0.0.1` and options where this machine does not resolve our host names. */
  of(details: {
    endpointId: string
    role: string
    database: string
    password: string
    pooled?: boolean | undefined
  }): Connection {
    const { hostSuffix, pgPort, hostsResolve, pgAddress } = this.#parts.settings
    const { endpointId, role, database, password } = details
    const pooled = details.pooled ?? false
    const all = { endpointId, role, database, password, pooled, hostSuffix, port: pgPort }
    return {
      uri: hostsResolve ? connectionString(all) : connectionStringWithOptions(all, pgAddress),
      host: endpointHost(endpointId, hostSuffix),
      poolerHost: endpointHost(endpointId, hostSuffix, true),
      port: pgPort,
      password,
      endpointId,
    }
  }
}
