// Control, put together: what the API and the proxies' door call.

import * as apiKeys from '../catalog/api-keys.ts'
import * as endpointRows from '../catalog/endpoints.ts'
import * as operationRows from '../catalog/operations.ts'
import type { Organization } from '../catalog/organizations.ts'
import type { ActivityReport } from '../contract/control-plane.ts'
import { defaults } from '../contract/defaults.ts'
import { PilotlightError } from '../contract/errors.ts'
import type { Capabilities } from '../engine/engine.ts'
import { AccessDesk } from './access.ts'
import { BranchChanges } from './branches/branch-changes.ts'
import { BranchCreation } from './branches/branch-creation.ts'
import { BranchDeletion } from './branches/branch-deletion.ts'
import { Branches } from './branches/branches.ts'
import { Exports } from './branches/exports.ts'
import { Restores } from './branches/restores.ts'
import { ChangeFeed } from './changes.ts'
import { Computes } from './computes/computes.ts'
import { Contents } from './computes/contents.ts'
import { IdleWatch } from './computes/idle.ts'
import { Connections } from './connections.ts'
import { Endpoints } from './endpoints.ts'
import { type OperationQueue, prepareQueue, startQueue } from './operations/queue.ts'
import { finishRestores } from './operations/restores-finish.ts'
import type { Parts } from './parts.ts'
import { Passwords } from './passwords.ts'
import { ProjectDeletion } from './project-deletion.ts'
import { Projects } from './projects.ts'
import { reconcile } from './reconcile.ts'
import { Schemas } from './schemas/schemas.ts'
import { BackupSchedules } from './snapshots/backup-schedules.ts'
import { SnapshotRestores } from './snapshots/snapshot-restores.ts'
import { Snapshots } from './snapshots/snapshots.ts'
import { Storage } from './storage.ts'
import { Sweeper } from './sweeper.ts'
import { TimeTravel } from './time-travel/time-travel.ts'

/** A key's last use is written at most this often: it is for people to look at. */
const keyUseIntervalMs = 60_000

export class Control {
  readonly parts: Parts
  /** The one that every installation has, and all projects belong to. */
  readonly organization: Organization
  readonly changes = new ChangeFeed()
  readonly projects: Projects
  readonly projectDeletion: ProjectDeletion
  readonly branches: Branches
  readonly branchCreation: BranchCreation
  readonly branchChanges: BranchChanges
  readonly branchDeletion: BranchDeletion
  readonly restores: Restores
  readonly snapshots: Snapshots
  readonly snapshotRestores: SnapshotRestores
  readonly backupSchedules: BackupSchedules
  readonly exports: Exports
  readonly endpoints: Endpoints
  readonly passwords: Passwords
  readonly connections: Connections
  readonly access: AccessDesk
  readonly schemas: Schemas
  readonly storage: Storage
  readonly #contents: Contents
  readonly #computes: Computes
  readonly #idle: IdleWatch
  readonly #timeTravel: TimeTravel
  readonly #sweeper: Sweeper
  readonly #keyUsedAt = new Map<number, number>()
  #queue: OperationQueue | undefined

  constructor(parts: Parts) {
    this.parts = parts
    this.organization = parts.catalog.identity.organization
    this.#contents = new Contents(parts, this.changes)
    this.#computes = new Computes(parts, this.changes, this.#contents)
    this.#idle = new IdleWatch({
      clock: parts.clock,
      logger: parts.logger,
      suspendIfIdle: (endpointId, since) =>
        this.#timeTravel.owns(endpointId)
          ? this.#timeTravel.removeIfUnused(endpointId, since)
          : this.#computes.suspendIfIdle(endpointId, since),
    })
    this.#timeTravel = new TimeTravel({ parts, computes: this.#computes }, this.#idle)
    this.#computes.listen({
      running: endpoint => this.#idle.watch(endpoint.id, this.#suspendTimeoutMs(endpoint)),
      stopped: endpointId => this.#noteStopped(endpointId),
    })
    this.projects = new Projects(parts)
    this.projectDeletion = new ProjectDeletion(parts, this.changes)
    this.branches = new Branches(parts, this.projects)
    this.endpoints = new Endpoints(parts, this.projects, this.changes, {
      retimed: endpoint => this.#idle.watch(endpoint.id, this.#suspendTimeoutMs(endpoint)),
    })
    this.branchCreation = new BranchCreation(parts)
    this.branchChanges = new BranchChanges(parts, this.branches)
    this.branchDeletion = new BranchDeletion(parts, this.changes)
    this.restores = new Restores(parts, this.branches, this.changes)
    this.snapshots = new Snapshots(parts, this.projects, this.branches)
    this.snapshotRestores = new SnapshotRestores(parts, this.branches, this.snapshots)
    this.backupSchedules = new BackupSchedules(parts, this.branches)
    this.exports = new Exports(parts, this.branches)
    this.#sweeper = new Sweeper({
      parts,
      deletion: this.branchDeletion,
      projectDeletion: this.projectDeletion,
      snapshots: this.snapshots,
      schedules: this.backupSchedules,
    })
    this.passwords = new Passwords(parts, this.projects, this.branches)
    this.connections = new Connections(parts, this.branches, this.endpoints, this.passwords)
    this.access = new AccessDesk(parts, this.#computes, this.#contents, this.#idle, this.#timeTravel)
    this.storage = new Storage(parts, this.projects)
    this.schemas = new Schemas({
      ...{ parts, branches: this.branches, computes: this.#computes, idle: this.#idle },
      timeTravel: this.#timeTravel,
    })
  }

  /** Adopts what runs, then works off what is queued. Answers once clients can be served. */
  async start(): Promise<void> {
    await prepareQueue(this.parts)
    await reconcile(this.parts, this.#computes)
    await this.#timeTravel.reconcile()
    this.#computes.watch().catch(error => this.parts.logger.error({ err: error }, 'engine watch ended'))
    const context = {
      parts: this.parts,
      computes: this.#computes,
      contents: this.#contents,
      changes: this.changes,
    }
    await finishRestores(context)
    this.#queue = await startQueue(context)
    this.#sweeper.start()
  }

  /** Computes go on running, to be adopted by the next control; or sleep, when the whole of Pilotlight stops. */
  async stop(computes: 'leave running' | 'suspend'): Promise<void> {
    this.#computes.close()
    await this.#sweeper.close()
    await this.#queue?.stop()
    if (computes === 'suspend') {
      await this.#timeTravel.removeAll()
      await this.#suspendAll()
    }
    this.#idle.close()
  }

  async #suspendAll(): Promise<void> {
    const running = await endpointRows.listNotSuspended(this.parts.catalog.db)
    await Promise.all(
      running.map(endpoint =>
        this.#computes
          .suspend(endpoint.id, 'record')
          .catch(error =>
            this.parts.logger.error({ endpoint: endpoint.id, err: error }, 'compute not suspended'),
          ),
      ),
    )
  }

  /** Who holds this key; throws unauthenticated. */
  async authenticate(token: string): Promise<apiKeys.ApiKey> {
    const key = await apiKeys.findByToken(this.parts.catalog.db, token)
    if (!key) throw new PilotlightError('unauthenticated')
    const now = this.parts.clock.now()
    if (now - (this.#keyUsedAt.get(key.id) ?? 0) > keyUseIntervalMs) {
      this.#keyUsedAt.set(key.id, now)
      await apiKeys.markUsed(this.parts.catalog.db, key.id, new Date(now), undefined)
    }
    return key
  }

  activity(report: ActivityReport): void {
    this.#idle.report(report)
  }

  /** From here on only the catalog knows when it was last used. */
  #noteStopped(endpointId: string): void {
    const lastActiveAt = this.#idle.lastActiveAt(endpointId)
    this.#idle.forget(endpointId)
    this.#timeTravel.stopped(endpointId)
    if (!lastActiveAt) return
    endpointRows
      .markActive(this.parts.catalog.unsynced, endpointId, lastActiveAt)
      .catch(error => this.parts.logger.warn({ endpoint: endpointId, err: error }, 'last activity not noted'))
  }

  /** When a running compute last did something; what is written in the catalog is older. */
  lastActiveAt(endpoint: endpointRows.Endpoint): Date | null {
    return this.#idle.lastActiveAt(endpoint.id) ?? endpoint.last_active_at
  }

  async operations(
    projectId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ operations: operationRows.Operation[]; cursor: string | undefined }> {
    await this.projects.get(projectId)
    const list = await operationRows.listOfProject(this.parts.catalog.db, projectId, {
      limit: page.limit,
      after: page.cursor,
    })
    return { operations: list, cursor: list.at(-1)?.id }
  }

  /** Throws project_not_found, operation_not_found. */
  async operation(projectId: string, operationId: string): Promise<operationRows.Operation> {
    await this.projects.get(projectId)
    const operation = await operationRows.find(this.parts.catalog.db, projectId, operationId)
    if (!operation) throw new PilotlightError('operation_not_found')
    return operation
  }

  capabilities(): Promise<Capabilities> {
    return this.parts.engine.capabilities()
  }

  #suspendTimeoutMs(endpoint: endpointRows.Endpoint): number {
    const seconds = endpoint.suspend_timeout_seconds || this.parts.settings.suspendAfterSeconds
    return seconds < 0 ? Number.POSITIVE_INFINITY : (seconds || defaults.suspendTimeoutSeconds) * 1000
  }
}
