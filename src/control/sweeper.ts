// What happens because time passes: branches and snapshots expire, deleted ones are gone for good, snapshots are due, and
// what a deletion that failed has left is tried again. Each round looks at the world afresh, so nothing is forgotten.

import * as branches from '../catalog/branches.ts'
import * as projects from '../catalog/projects.ts'
import * as snapshots from '../catalog/snapshots.ts'
import type { Timer } from '../lib/clock.ts'
import { hourMs } from '../lib/time-frames.ts'
import { Audit } from './account/audit.ts'
import { Idempotency } from './account/idempotency.ts'
import type { BranchDeletion } from './branches/branch-deletion.ts'
import { endInterrupted } from './operations/interrupted-operations.ts'
import { forgetOldOperations } from './operations/old-operations.ts'
import { enqueueLast } from './operations/queue.ts'
import type { Parts } from './parts.ts'
import type { ProjectDeletion } from './project-deletion.ts'
import type { BackupSchedules } from './snapshots/backup-schedules.ts'
import { removalOf, type Snapshots } from './snapshots/snapshots.ts'

/** Neon promises no exact moment of an expiry either; a round that finds nothing is some quick queries. */
const roundIntervalMs = 20_000

/** What could not be deleted is not tried again before that: whatever is in the way is there for a while. */
const retryAfterMs = hourMs

/**
 * No wake takes so long. What a killed control had sent may be written down after the next one has looked; and where the
 * catalog was away for a moment, the end of one is not written down at all.
 */
const interruptedAfterMs = hourMs

export interface SweeperNeeds {
  parts: Parts
  deletion: BranchDeletion
  projectDeletion: ProjectDeletion
  snapshots: Snapshots
  schedules: BackupSchedules
}

export class Sweeper {
  readonly #needs: SweeperNeeds
  readonly #audit: Audit
  readonly #idempotency: Idempotency
  #timer: Timer | undefined
  #round: Promise<void> | undefined
  #closed = false

  constructor(needs: SweeperNeeds) {
    this.#needs = needs
    this.#audit = new Audit(needs.parts)
    this.#idempotency = new Idempotency(needs.parts)
  }

  start(): void {
    this.#timer = this.#needs.parts.clock.after(roundIntervalMs, () => {
      this.#round = this.sweep().finally(() => {
        if (!this.#closed) this.start()
      })
    })
  }

  /** Lets a round that is under way end. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#round
  }

  /** One round. Never throws: what went wrong with one thing is no reason to leave the others. */
  async sweep(): Promise<void> {
    const { parts, schedules } = this.#needs
    await this.#try('expired branches', () => this.#expireBranches())
    await this.#try('deleted branches', () => this.#finishDeletions())
    await this.#try('deleted projects', () => this.#finishProjects())
    await this.#try('expired snapshots', () => this.#expireSnapshots())
    await this.#try('due snapshots', () => schedules.run())
    await this.#try('old entries of the audit log', () => this.#audit.prune())
    await this.#try('old answers', () => this.#idempotency.prune())
    await this.#try('interrupted operations', () => endInterrupted(parts, this.#ago(interruptedAfterMs)))
    await this.#try('old operations', () => forgetOldOperations(parts))
    await this.#try('leftovers', () => deleteLeftovers(parts, this.#ago(retryAfterMs)))
  }

  async #try(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#needs.parts.logger.error({ what, err: error }, 'sweep failed; the next round tries again')
    }
  }

  async #expireBranches(): Promise<void> {
    const { parts, deletion } = this.#needs
    for (const { id, project_id } of await branches.listExpired(parts.catalog.db, this.#now())) {
      await this.#try(`branch ${id}`, async () => {
        await this.#audit.bySystem('deleteProjectBranch', async () => {
          await deletion.delete(project_id, id, { hard: true, method: 'ttl' })
          return { project_id, branch_id: id }
        })
        parts.logger.info({ branch: id }, 'branch expired')
      })
    }
  }

  async #finishDeletions(): Promise<void> {
    const { parts, deletion } = this.#needs
    for (const branch of await branches.listUnrecoverable(parts.catalog.db, this.#now())) {
      await this.#try(`branch ${branch.id}`, () =>
        this.#audit.bySystem('deleteProjectBranch', async () => {
          await deletion.finish(branch)
          return { project_id: branch.project_id, branch_id: branch.id }
        }),
      )
    }
  }

  async #finishProjects(): Promise<void> {
    const { parts, projectDeletion } = this.#needs
    for (const { id } of await projects.listUnrecoverable(parts.catalog.db, this.#now())) {
      await this.#try(`project ${id}`, async () => {
        await this.#audit.bySystem('deleteProject', async () => {
          await projectDeletion.finish(id)
          return { project_id: id }
        })
        parts.logger.info({ project: id }, 'the time in which a deleted project can be recovered is over')
      })
    }
  }

  async #expireSnapshots(): Promise<void> {
    const { parts, snapshots: all } = this.#needs
    for (const { id, project_id } of await snapshots.listExpired(parts.catalog.db, this.#now())) {
      await this.#try(`snapshot ${id}`, async () => {
        await this.#audit.bySystem('deleteSnapshot', async () => {
          await all.delete(project_id, id)
          return { project_id, snapshot_id: id }
        })
        parts.logger.info({ snapshot: id }, 'snapshot expired')
      })
    }
  }

  #now(): Date {
    return this.#ago(0)
  }

  #ago(ms: number): Date {
    return new Date(this.#needs.parts.clock.now() - ms)
  }
}

/** What a deletion that failed has left (the disk was away, say). However much waits already: control is about to start. */
export async function deleteLeftovers({ catalog, logger }: Parts, triedBefore?: Date): Promise<void> {
  for (const { id, project_id } of await branches.listLeftover(catalog.db, triedBefore)) {
    logger.warn({ branch: id, project: project_id }, 'data of a deleted branch is left; it is deleted now')
    await catalog.transaction(trx =>
      enqueueLast(trx, [{ project_id, branch_id: id, endpoint_id: null, action: 'delete_timeline' }]),
    )
  }
  for (const snapshot of await snapshots.listLeftover(catalog.db, triedBefore)) {
    logger.warn({ snapshot: snapshot.id }, 'data of a deleted snapshot is left; it is deleted now')
    await catalog.transaction(trx => enqueueLast(trx, [removalOf(snapshot)]))
  }
}
