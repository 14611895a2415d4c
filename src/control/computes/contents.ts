// Keeps the catalog's roles and databases and the compute's in step, both ways.

import type pg from 'pg'
import * as branches from '../../catalog/branches.ts'
import type { Endpoint } from '../../catalog/endpoints.ts'
import * as roles from '../../catalog/roles.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { dataRef } from '../branches/origin.ts'
import type { ChangeFeed } from '../changes.ts'
import type { Parts } from '../parts.ts'
import {
  bootstrap,
  type ComputeContents,
  isMissingRole,
  isReadOnly,
  readContents,
  setVerifier,
  withCompute,
} from './compute-sql.ts'
import { knownContents, learnDatabases, learnRoles } from './learnt-contents.ts'
import { firstContents } from './pending-contents.ts'

export interface Place {
  endpointId: string
  branchId: string
}

export function placeOf(endpoint: Endpoint): Place {
  return { endpointId: endpoint.id, branchId: endpoint.branch_id }
}

export class Contents {
  readonly #parts: Parts
  readonly #changes: ChangeFeed
  readonly #lock = new KeyedLock()

  constructor(parts: Parts, changes: ChangeFeed) {
    this.#parts = parts
    this.#changes = changes
  }

  /** Before a branch's data meets its first client: it and the catalog are brought in step. Safe to repeat. */
  async settle(place: Place, login: AdminLogin): Promise<void> {
    await this.#lock.run(place.branchId, async () => {
      const branch = await branches.find(this.#parts.catalog.db, place.branchId)
      if (branch?.contents === 'template') await this.#bootstrap(place, login)
      if (branch?.contents === 'inherited') {
        await this.#adopt(place, login)
        await this.#noteBegin(branch)
      }
    })
  }

  /** A fresh clone of the template: its first role and database get their names. */
  async #bootstrap(place: Place, login: AdminLogin): Promise<void> {
    const { db } = this.#parts.catalog
    const { role, database } = await firstContents(db, place.branchId)
    const verifier = role?.next_verifier ?? role?.verifier
    if (role && database !== undefined && verifier) {
      await withCompute(login, client => bootstrap(client, { role: role.name, verifier, database }))
      if (role.next_verifier) await roles.promoteNext(db, place.branchId, role.name, verifier)
    }
    await branches.setContents(db, place.branchId, 'known')
    this.#changes.publish({ change: 'access', endpoint_id: place.endpointId })
  }

  /** Where it began at a time, the LSN is exact now that Postgres has replayed up to there. */
  async #noteBegin({ id, origin, init_source }: branches.Branch): Promise<void> {
    const { catalog, engine, settings } = this.#parts
    if (origin.from !== 'branch' || !('time' in origin.at) || init_source === 'schema-only') return
    await branches.setBegin(catalog.db, id, (await engine.observe(dataRef(settings.cell, id))).begin)
  }

  /**
   * Data begun from other data, perhaps as it was long ago: the passwords that the catalog shows become true inside, and
   * the catalog learns who else is there, and who is not.
   */
  async #adopt(place: Place, login: AdminLogin): Promise<void> {
    const { catalog } = this.#parts
    const known = new Map(
      (await roles.listOfBranch(catalog.db, place.branchId)).map(role => [role.name, role]),
    )
    const passwordOf = (name: string) => known.get(name)?.next_verifier ?? known.get(name)?.verifier
    const { contents, readOnly } = await withCompute(login, async client => {
      const contents = await readContents(client)
      const readOnly = await isReadOnly(client)
      for (const role of readOnly ? [] : contents.roles) {
        const wanted = passwordOf(role.name)
        if (role.canLogin && wanted && wanted !== role.verifier) await setVerifier(client, role.name, wanted)
      }
      return { contents, readOnly }
    })
    await catalog.transaction(async trx => {
      const now = await knownContents(trx, place.branchId)
      for (const role of contents.roles) {
        if (now.pending.roles.has(role.name)) continue
        const wanted = role.canLogin && !readOnly ? passwordOf(role.name) : undefined
        if (!wanted) await roles.learn(trx, place.branchId, role)
        else await roles.promoteNext(trx, place.branchId, role.name, wanted)
      }
      const present = new Set(contents.roles.map(role => role.name))
      const gone = now.roles.filter(({ name }) => !present.has(name) && !now.pending.roles.has(name))
      await roles.remove(
        trx,
        place.branchId,
        gone.map(({ name }) => name),
      )
      await learnDatabases(trx, place.branchId, contents, now)
      await branches.setContents(trx, place.branchId, 'known')
    })
    this.#changes.publish({ change: 'access', endpoint_id: place.endpointId })
  }

  /** Gives the compute the passwords that were reset while it could not take them. Safe to repeat. */
  async applyPending(place: Place, login: AdminLogin): Promise<void> {
    await this.#lock.run(place.branchId, () => this.#applyPending(place, login))
  }

  async #applyPending(place: Place, login: AdminLogin): Promise<void> {
    const { db } = this.#parts.catalog
    const known = await knownContents(db, place.branchId)
    // One that is still to be made gets its password then.
    const pending = known.roles.filter(
      ({ name, next_verifier }) => next_verifier !== null && !known.pending.roles.has(name),
    )
    if (pending.length === 0) return
    try {
      await withCompute(login, async client => {
        for (const role of pending) await this.#apply(client, place, role.name, role.next_verifier!)
      })
    } finally {
      // Even where a later one went wrong: proxies must not go on with the old password of an earlier one.
      this.#changes.publish({ change: 'access', endpoint_id: place.endpointId })
    }
  }

  async #apply(client: pg.Client, place: Place, role: string, verifier: string): Promise<void> {
    const { db } = this.#parts.catalog
    try {
      await setVerifier(client, role, verifier)
    } catch (error) {
      if (!isMissingRole(error)) throw error
      // Dropped in SQL, unheard: were it an error, the compute could never start again.
      this.#parts.logger.warn({ endpoint: place.endpointId, role }, 'role with a new password is gone')
      return await roles.remove(db, place.branchId, [role])
    }
    await roles.promoteNext(db, place.branchId, role, verifier)
  }

  /** Learns what was made, changed or dropped in SQL. */
  async #learn(place: Place, contents: ComputeContents): Promise<void> {
    const changed = await this.#parts.catalog.transaction(async trx => {
      // Before the first start was done there is only what the template came with.
      if ((await branches.find(trx, place.branchId))?.contents !== 'known') return false
      const known = await knownContents(trx, place.branchId)
      const rolesChanged = await learnRoles(trx, place.branchId, contents, known)
      await learnDatabases(trx, place.branchId, contents, known)
      return rolesChanged
    })
    if (changed) {
      this.#parts.logger.info({ endpoint: place.endpointId }, 'roles changed in SQL')
      this.#changes.publish({ change: 'access', endpoint_id: place.endpointId })
    }
  }

  /** A change to a branch's roles or databases, inside and in the catalog: nobody compares the two meanwhile. */
  async change(branchId: string, work: () => Promise<void>): Promise<void> {
    await this.#lock.run(branchId, work)
  }

  /**
   * Reads the running compute and learns from it, with one more question on the same connection. Returns its answer.
   * Never beside a password that is being applied: what was read before it would undo it.
   */
  async inspect<T>(place: Place, login: AdminLogin, ask: (client: pg.Client) => Promise<T>): Promise<T> {
    return await this.#lock.run(place.branchId, async () => {
      const { contents, answer } = await withCompute(login, async client => ({
        contents: await readContents(client),
        answer: await ask(client),
      }))
      await this.#learn(place, contents)
      return answer
    })
  }

  async refresh(place: Place, login: AdminLogin): Promise<void> {
    await this.inspect(place, login, async () => {})
  }
}
