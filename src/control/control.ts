// Control, put together: what the API and the proxies' door call.

import * as endpointRows from '../catalog/endpoints.ts'
import type { Organization } from '../catalog/organizations.ts'
import type { ProjectState } from '../contract/console-project-states.ts'
import type { ActivityReport } from '../contract/control-plane.ts'
import { defaults } from '../contract/defaults.ts'
import { limits } from '../contract/limits.ts'
import type { Capabilities } from '../engine/engine.ts'
import { AccessDesk } from './access.ts'
import { Audit } from './account/audit.ts'
import { Idempotency } from './account/idempotency.ts'
import { Keys } from './account/keys.ts'
import { Organizations } from './account/organizations.ts'
import { Advisors } from './advisors/advisors.ts'
import { BranchChanges } from './branches/branch-changes.ts'
import { BranchCreation } from './branches/branch-creation.ts'
import { BranchDeletion } from './branches/branch-deletion.ts'
import { Branches } from './branches/branches.ts'
import { Exports } from './branches/exports.ts'
import { Restores } from './branches/restores.ts'
import { ChangeFeed } from './changes.ts'
import { Computes } from './computes/computes.ts'
import { Contents } from './computes/contents.ts'
import { ContentsHold } from './computes/contents-hold.ts'
import { IdleWatch } from './computes/idle.ts'
import { ReadBack } from './computes/read-back.ts'
import { Connections } from './connections.ts'
import { ComputeFacts } from './console/compute-facts.ts'
import { ConnectionTests } from './console/connection-tests.ts'
import { Metrics } from './console/metrics.ts'
import { NewsDesk } from './console/news.ts'
import { Places } from './console/places.ts'
import { projectStates } from './console/project-states.ts'
import { Queries } from './console/queries.ts'
import { Sampler } from './console/sampler.ts'
import { SavedQueries } from './console/saved-queries.ts'
import { Sessions } from './console/sessions.ts'
import { SignIn } from './console/sign-in.ts'
import { Statements } from './console/statements.ts'
import { UndoneMigrations } from './console/undone-migrations.ts'
import { Consumption } from './consumption/consumption.ts'
import { Databases } from './databases/databases.ts'
import { Endpoints } from './endpoints.ts'
import { JwksDesk } from './jwks.ts'
import { LastActivity } from './last-activity.ts'
import { Operations } from './operations/operations.ts'
import { type OperationQueue, prepareQueue, startQueue } from './operations/queue.ts'
import { finishRestores } from './operations/restores-finish.ts'
import type { Parts } from './parts.ts'
import { Passwords } from './passwords.ts'
import { ProjectDeletion } from './project-deletion.ts'
import { Projects } from './projects.ts'
import { reconcile } from './reconcile.ts'
import { Roles } from './roles/roles.ts'
import { Schemas } from './schemas/schemas.ts'
import { BackupSchedules } from './snapshots/backup-schedules.ts'
import { SnapshotRestores } from './snapshots/snapshot-restores.ts'
import { Snapshots } from './snapshots/snapshots.ts'
import { Storage } from './storage.ts'
import { Sweeper } from './sweeper.ts'
import { TimeTravel } from './time-travel/time-travel.ts'

export class Control {
  readonly parts: Parts
  /** The one that every installation has, and all projects belong to. */
  readonly organization: Organization
  readonly organizations: Organizations
  readonly keys: Keys
  readonly audit: Audit
  readonly idempotency: Idempotency
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
  readonly roles: Roles
  readonly databases: Databases
  readonly operations: Operations
  readonly connections: Connections
  readonly signIn: SignIn
  readonly queries: Queries
  readonly savedQueries: SavedQueries
  readonly connectionTests: ConnectionTests
  readonly news: NewsDesk
  readonly computeFacts: ComputeFacts
  readonly access: AccessDesk
  readonly schemas: Schemas
  readonly undoneMigrations: UndoneMigrations
  readonly metrics: Metrics
  readonly sessions: Sessions
  readonly statements: Statements
  readonly storage: Storage
  readonly consumption: Consumption
  readonly lastActivity: LastActivity
  readonly advisors: Advisors
  readonly jwks: JwksDesk
  readonly #contents: Contents
  readonly #hold: ContentsHold
  readonly #computes: Computes
  readonly #idle: IdleWatch
  readonly #timeTravel: TimeTravel
  readonly #sampler: Sampler
  readonly #sweeper: Sweeper
  #queue: OperationQueue | undefined

  constructor(parts: Parts) {
    this.parts = parts
    this.organization = parts.catalog.identity.organization
    this.organizations = new Organizations(parts)
    this.keys = new Keys(parts)
    this.signIn = new SignIn(parts)
    this.news = new NewsDesk(parts)
    this.audit = new Audit(parts)
    this.idempotency = new Idempotency(parts)
    this.#contents = new Contents(parts, this.changes)
    this.#computes = new Computes(parts, this.changes, this.#contents)
    this.#idle = new IdleWatch({
      clock: parts.clock,
      logger: parts.logger,
      suspendIfIdle: (endpointId, since) =>
        this.#timeTravel.owns(endpointId)
          ? this.#timeTravel.removeIfUnused(endpointId, since)
          : this.#computes.suspendIfIdle(endpointId, since, {
              by: 'idle',
              quiet_seconds: Math.round((parts.clock.now() - since.getTime()) / 1000),
            }),
    })
    this.#timeTravel = new TimeTravel({ parts, computes: this.#computes }, this.#idle)
    this.lastActivity = new LastActivity(parts, this.#idle)
    this.computeFacts = new ComputeFacts(parts, this.#idle)
    this.consumption = new Consumption({
      ...{ parts, computes: this.#computes },
      lastActiveAt: endpointId => this.#idle.lastActiveAt(endpointId),
      sizeChanged: endpointId => this.#computes.configure(endpointId),
    })
    this.#sampler = new Sampler(parts)
    this.#computes.listen({
      running: endpoint => {
        this.#idle.watch(endpoint.id, this.#suspendTimeoutMs(endpoint))
        this.consumption.meter.running(endpoint)
        this.news.running(endpoint)
        this.#sampler.running(endpoint)
      },
      stopped: endpointId => {
        this.lastActivity.stopped(endpointId)
        this.#timeTravel.stopped(endpointId)
        this.consumption.meter.stopped(endpointId)
        this.news.stopped(endpointId)
        this.#sampler.stopped(endpointId)
      },
      settled: endpointId => this.consumption.meter.settled(endpointId),
      sized: (endpointId, bytes) => this.consumption.meter.sizeBeforeStop(endpointId, bytes),
      isAskedSince: (endpointId, since) => this.#idle.isAskedSince(endpointId, since),
    })
    this.projects = new Projects(parts, this.changes)
    this.projectDeletion = new ProjectDeletion(parts, this.changes)
    this.branches = new Branches(parts, this.projects)
    this.metrics = new Metrics(parts, this.branches)
    this.sessions = new Sessions(parts, this.branches)
    this.statements = new Statements(parts, this.branches)
    this.endpoints = new Endpoints(parts, this.projects, this.changes, {
      retimed: endpoint => this.#idle.watch(endpoint.id, this.#suspendTimeoutMs(endpoint)),
    })
    this.branchCreation = new BranchCreation(parts)
    this.branchChanges = new BranchChanges(parts, this.branches, this.changes)
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
    this.#hold = new ContentsHold(parts, this.changes)
    const readBack = new ReadBack(parts, this.branches, this.#computes, this.#contents)
    this.passwords = new Passwords(parts, this.projects, readBack)
    this.roles = new Roles(parts, readBack, this.#hold)
    this.databases = new Databases(parts, readBack, this.#hold)
    const places = new Places(limits.consoleQueries)
    this.queries = new Queries(parts, this.branches, this.passwords, places)
    this.savedQueries = new SavedQueries(parts, this.projects)
    this.operations = new Operations(parts, this.projects)
    this.connections = new Connections(parts, this.branches, this.endpoints, this.passwords)
    this.connectionTests = new ConnectionTests(parts, this.connections, places)
    this.access = new AccessDesk(
      parts,
      this.#computes,
      this.#contents,
      this.#idle,
      this.#timeTravel,
      this.#hold,
    )
    this.storage = new Storage(parts)
    this.jwks = new JwksDesk(parts, this.projects, this.branches)
    const inspection = {
      ...{ parts, branches: this.branches, computes: this.#computes },
      ...{ idle: this.#idle, timeTravel: this.#timeTravel },
    }
    this.advisors = new Advisors(inspection)
    this.schemas = new Schemas(inspection)
    this.undoneMigrations = new UndoneMigrations(inspection)
  }

  /** Adopts what runs, then works off what is queued. Answers once clients can be served. */
  async start(): Promise<void> {
    await prepareQueue(this.parts)
    await this.#hold.start()
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
    await this.consumption.start()
    this.#sampler.start()
  }

  /** Computes go on running, to be adopted by the next control; or sleep, when the whole of Pilotlight stops. */
  async stop(computes: 'leave running' | 'suspend'): Promise<void> {
    this.news.close()
    this.#computes.close()
    await this.#sweeper.close()
    await this.#sampler.close()
    await this.#queue?.stop()
    if (computes === 'suspend') {
      await this.#timeTravel.removeAll()
      await this.#suspendAll()
    }
    await this.consumption.close()
    this.#idle.close()
  }

  async #suspendAll(): Promise<void> {
    const running = await endpointRows.listNotSuspended(this.parts.catalog.db)
    await Promise.all(
      running.map(endpoint =>
        this.#computes
          .suspend(endpoint.id, { by: 'shutdown' })
          .catch(error =>
            this.parts.logger.error({ endpoint: endpoint.id, err: error }, 'compute not suspended'),
          ),
      ),
    )
  }

  activity(report: ActivityReport): void {
    this.#idle.report(report)
    this.consumption.meter.report(report)
    this.news.activity(report)
  }

  capabilities(): Promise<Capabilities> {
    return this.parts.engine.capabilities()
  }

  /** For the list of projects. */
  projectStates(): Promise<ProjectState[]> {
    return projectStates(this.parts, this.consumption)
  }

  #suspendTimeoutMs(endpoint: endpointRows.Endpoint): number {
    const seconds = endpoint.suspend_timeout_seconds || this.parts.settings.suspendAfterSeconds
    return seconds < 0 ? Number.POSITIVE_INFINITY : (seconds || defaults.suspendTimeoutSeconds) * 1000
  }
}
