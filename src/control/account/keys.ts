// API keys: who calls, new keys, and their end. Each call looks its key up, so that a revoked one is refused at once.

import * as apiKeys from '../../catalog/api-keys.ts'
import * as projects from '../../catalog/projects.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { apiKeyToken } from '../../lib/ids.ts'
import type { Parts } from '../parts.ts'
import { assertOrganization } from './organizations.ts'

/** A key's last use is written at most this often, but for another address: it is for people to look at. */
const useIntervalMs = 60_000

export interface CreatedKey {
  key: apiKeys.ApiKey
  /** Shown now and never again. */
  token: string
}

export class Keys {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Who holds this key; throws unauthenticated. `from`: the address of the caller, where it is known. */
  async authenticate(token: string, from?: string): Promise<apiKeys.ApiKey> {
    const key = await this.find(token)
    if (!key) throw new PilotlightError('unauthenticated')
    const now = this.#parts.clock.now()
    const last = key.last_used_at?.getTime() ?? Number.NEGATIVE_INFINITY
    if (now - last > useIntervalMs || (from !== undefined && from !== key.last_used_from)) {
      await apiKeys.markUsed(this.#parts.catalog.unsynced, key.id, new Date(now), from)
    }
    return key
  }

  /** Whose token it is, without counting as a use of it. */
  async find(token: string): Promise<apiKeys.ApiKey | undefined> {
    const key = await apiKeys.findByToken(this.#parts.catalog.db, token)
    const hasEnded = key?.expires_at && key.expires_at.getTime() <= this.#parts.clock.now()
    return hasEnded ? undefined : key
  }

  /** What a token is called in memory: of its hash nobody makes a token. */
  nameOf(token: string): string {
    return apiKeys.hashToken(token).toString('base64')
  }

  async listPersonal(): Promise<apiKeys.ApiKey[]> {
    return await apiKeys.list(this.#parts.catalog.db, { userId: this.#userId })
  }

  /** Those of its projects too. Throws organization_not_found. */
  async listOfOrganization(orgId: string): Promise<apiKeys.ApiKey[]> {
    assertOrganization(this.#parts, orgId)
    return await apiKeys.list(this.#parts.catalog.db, { orgId })
  }

  /** Throws api_keys_limit. */
  async createPersonal(name: string): Promise<CreatedKey> {
    return await this.#create(name, { kind: 'personal' })
  }

  /** With a project: the key reaches that one alone. Throws organization_not_found, project_not_found, api_keys_limit. */
  async createForOrganization(
    orgId: string,
    name: string,
    projectId: string | undefined,
  ): Promise<CreatedKey> {
    assertOrganization(this.#parts, orgId)
    return await this.#create(
      name,
      projectId === undefined ? { kind: 'organization', orgId } : { kind: 'project', orgId, projectId },
    )
  }

  /** Throws api_key_not_found. */
  async revokePersonal(id: number): Promise<apiKeys.ApiKey> {
    return await this.#revoke({ userId: this.#userId }, id)
  }

  /** Throws organization_not_found, api_key_not_found. */
  async revokeOfOrganization(orgId: string, id: number): Promise<apiKeys.ApiKey> {
    assertOrganization(this.#parts, orgId)
    return await this.#revoke({ orgId }, id)
  }

  async #create(name: string, scope: apiKeys.ApiKeyScope): Promise<CreatedKey> {
    const token = apiKeyToken()
    const createdBy = this.#userId
    const key = await this.#parts.catalog.transaction(async trx => {
      if (scope.kind === 'project' && !(await projects.find(trx, scope.projectId))) {
        throw new PilotlightError('project_not_found')
      }
      if ((await apiKeys.count(trx)) >= limits.apiKeys) {
        throw new PilotlightError('api_keys_limit', { limit: limits.apiKeys })
      }
      return await apiKeys.insert(trx, { name, token, createdBy, scope })
    })
    return { key, token }
  }

  async #revoke(owner: apiKeys.ApiKeyOwner, id: number): Promise<apiKeys.ApiKey> {
    const key = await apiKeys.remove(this.#parts.catalog.db, owner, id)
    if (!key) throw new PilotlightError('api_key_not_found')
    return key
  }

  get #userId(): string {
    return this.#parts.catalog.identity.user.id
  }
}
