// Signing in to the console: by a link that works once and soon ends, or by a personal API key. What the browser keeps is
// a session, which is a key of its own: it can be ended without touching the key that it began with, and ends with it.

import * as apiKeys from '../../catalog/api-keys.ts'
import * as sessions from '../../catalog/console-sessions.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { linkToken, sessionToken } from '../../lib/ids.ts'
import type { Parts } from '../parts.ts'

export interface OpenedSession {
  /** The key that it ends with. */
  openedBy: number
  /** For the cookie, and nowhere else. */
  token: string
  maxAgeSeconds: number
}

interface Link {
  endsAt: number
  madeBy: number
}

export class SignIn {
  readonly #parts: Parts
  /** By hash. They are few, and a restart ends them: another is a command away. */
  readonly #links = new Map<string, Link>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The secret of a new link. Throws console_needs_personal_key: nobody becomes more by it than they are. */
  link(caller: apiKeys.ApiKey): { token: string; expiresAt: Date } {
    assertPersonal(caller)
    const token = linkToken()
    const now = this.#parts.clock.now()
    for (const [hash, { endsAt }] of this.#links) if (endsAt <= now) this.#links.delete(hash)
    const [oldest] = this.#links.keys()
    if (this.#links.size >= limits.consoleLinks && oldest !== undefined) this.#links.delete(oldest)
    const endsAt = now + limits.consoleLinkSeconds * 1000
    this.#links.set(nameOf(token), { endsAt, madeBy: caller.opened_by ?? caller.id })
    return { token, expiresAt: new Date(endsAt) }
  }

  /** Throws sign_in_link_used: it was used, or is too old. */
  async byLink(token: string): Promise<OpenedSession> {
    const link = this.#links.get(nameOf(token))
    this.#links.delete(nameOf(token))
    if (!link || link.endsAt <= this.#parts.clock.now()) throw new PilotlightError('sign_in_link_used')
    return await this.#open(link.madeBy)
  }

  /** Throws unauthenticated; console_needs_personal_key. */
  async byKey(token: string): Promise<OpenedSession> {
    const key = await apiKeys.findByToken(this.#parts.catalog.db, token)
    if (!key || key.is_session) throw new PilotlightError('unauthenticated')
    assertPersonal(key)
    return await this.#open(key.id)
  }

  async signOut(token: string): Promise<void> {
    await sessions.remove(this.#parts.catalog.db, token)
  }

  async #open(openedBy: number): Promise<OpenedSession> {
    const { catalog, clock } = this.#parts
    const token = sessionToken()
    const maxAgeSeconds = limits.consoleSessionSeconds
    await catalog.transaction(async trx => {
      // Revoked since: what it made ends with it.
      if (!(await apiKeys.find(trx, openedBy))) throw new PilotlightError('sign_in_link_used')
      await sessions.prune(trx, new Date(clock.now()))
      await sessions.insert(trx, {
        ...{ token, openedBy },
        createdBy: catalog.identity.user.id,
        expiresAt: new Date(clock.now() + maxAgeSeconds * 1000),
      })
      await sessions.keepNewest(trx, limits.consoleSessions)
    })
    return { openedBy, token, maxAgeSeconds }
  }
}

function assertPersonal({ kind }: Pick<apiKeys.ApiKey, 'kind'>): void {
  if (kind !== 'personal') throw new PilotlightError('console_needs_personal_key')
}

/** In memory stands what no link can be made of. */
const nameOf = (token: string): string => apiKeys.hashToken(token).toString('base64')
