// Projects: created whole (branch, endpoint, role, database), listed, changed. project-deletion.ts takes them away.

import * as annotations from '../catalog/annotations.ts'
import * as branches from '../catalog/branches.ts'
import type { Db } from '../catalog/catalog.ts'
import * as databases from '../catalog/databases.ts'
import * as endpoints from '../catalog/endpoints.ts'
import type { Operation } from '../catalog/operations.ts'
import * as projects from '../catalog/projects.ts'
import * as roles from '../catalog/roles.ts'
import type { DefaultEndpointSettings, ProjectSettings } from '../catalog/schema.ts'
import { defaultRoleName, defaults } from '../contract/defaults.ts'
import { PilotlightError } from '../contract/errors.ts'
import { branchId, projectId, rolePassword } from '../lib/ids.ts'
import { createVerifier } from '../lib/scram-verifier.ts'
import { findImport } from './branches/imports.ts'
import type { ChangeFeed } from './changes.ts'
import { foreignCursor, isCursorTime, readCursor, writeCursor } from './cursors.ts'
import { newEndpoint } from './endpoint-requests.ts'
import { enqueue } from './operations/queue.ts'
import type { Parts } from './parts.ts'
import { checkProjectSettings, mergeProjectSettings, operationsFor, tellProxies } from './project-settings.ts'

export interface ProjectRequest {
  name?: string | undefined
  pgVersion?: number | undefined
  provisioner?: projects.Project['provisioner'] | undefined
  branchName?: string | undefined
  /** Of its branch. */
  annotation?: Record<string, string> | undefined
  roleName?: string | undefined
  databaseName?: string | undefined
  historyRetentionSeconds?: number | undefined
  storePasswords?: boolean | undefined
  endpointSettings?: DefaultEndpointSettings | undefined
  settings?: ProjectSettings | undefined
  /** A data directory below imports/ or exports/ that the project begins as. */
  importDirectory?: string | undefined
}

export interface CreatedProject {
  project: projects.Project
  branch: branches.Branch
  endpoint: endpoints.Endpoint
  /** Undefined: they come with the data, and are learnt at its first start. */
  first: { role: roles.Role; password: string; database: databases.Database } | undefined
  operations: Operation[]
}

export interface ProjectQuery {
  limit: number
  cursor?: string | undefined
  search?: string | undefined
  /** Those that were deleted and can be recovered, instead of those that are there. */
  recoverable?: boolean | undefined
}

export interface ProjectPage {
  projects: projects.Project[]
  /** Where to continue; undefined on an empty page. */
  cursor: string | undefined
}

export class Projects {
  readonly #parts: Parts
  readonly #changes: ChangeFeed

  constructor(parts: Parts, changes: ChangeFeed) {
    this.#parts = parts
    this.#changes = changes
  }

  /** Answers once the project is recorded; its database comes up behind that. Errors: postgres_build_missing, import_not_found. */
  async create(request: ProjectRequest): Promise<CreatedProject> {
    const { catalog, settings, secretBox } = this.#parts
    const imported =
      request.importDirectory === undefined
        ? undefined
        : await findImport(settings.dataDir, request.importDirectory)
    if (imported && request.pgVersion !== undefined && request.pgVersion !== imported.pgMajor) {
      throw new PilotlightError('invalid_request', {
        detail: `project.pg_version: the directory is of Postgres ${imported.pgMajor}`,
      })
    }
    const build = await this.#build(imported?.pgMajor ?? request.pgVersion ?? defaults.postgresMajor)
    const id = projectId()
    const database = request.databaseName ?? defaults.databaseName
    const role = request.roleName ?? defaultRoleName(database)
    const password = rolePassword()
    const verifier = await createVerifier(password)
    const storePasswords = request.storePasswords ?? true
    const endpointSettings = request.endpointSettings ?? {}
    await checkProjectSettings(this.#parts.engine, build.id, {
      settings: request.settings,
      default_endpoint_settings: endpointSettings,
    })

    return await catalog.transaction(async trx => {
      const project = await projects.insert(trx, {
        id,
        name: request.name ?? id,
        region_id: settings.region,
        pg_version: build.major,
        build: build.id,
        history_retention_seconds: request.historyRetentionSeconds ?? defaults.historyRetentionSeconds,
        store_passwords: storePasswords,
        default_endpoint_settings: endpointSettings,
        provisioner: request.provisioner ?? 'k8s-neonvm',
        settings: request.settings,
      })
      const branch = await branches.insert(trx, {
        id: branchId(),
        project_id: id,
        parent_id: null,
        name: request.branchName ?? defaults.branchName,
        is_default: true,
        creation_source: 'console',
        ...(imported && { origin: { from: 'directory', path: imported.path }, contents: 'inherited' }),
      })
      if (request.annotation) await annotations.set(trx, branch.id, request.annotation)
      const endpoint = await endpoints.insert(
        trx,
        newEndpoint(project, branch.id, { type: 'read_write' }, 'console'),
      )
      const about = { project_id: id, branch_id: branch.id }
      const operations = await enqueue(trx, [
        { ...about, endpoint_id: null, action: imported ? 'import_data' : 'create_timeline' },
        { ...about, endpoint_id: endpoint.id, action: 'start_compute' },
      ])
      if (imported) return { project, branch, endpoint, first: undefined, operations }
      const madeRole = await roles.insert(trx, {
        branch_id: branch.id,
        name: role,
        verifier,
        password_box: storePasswords ? secretBox.seal(password) : null,
      })
      const madeDatabase = await databases.insert(trx, {
        branch_id: branch.id,
        name: database,
        owner_name: role,
      })
      const first = { role: madeRole, password, database: madeDatabase }
      return { project, branch, endpoint, first, operations }
    })
  }

  async #build(major: number): Promise<{ id: string; major: number }> {
    const { postgres } = await this.#parts.engine.capabilities()
    const build =
      postgres.find(candidate => candidate.major === major && candidate.source === 'embedded') ??
      postgres.find(candidate => candidate.major === major)
    if (build) return build
    const available = [...new Set(postgres.map(candidate => candidate.major))].sort().join(', ') || 'none'
    throw new PilotlightError('postgres_build_missing', { version: major, available })
  }

  /** Throws project_not_found. */
  async get(id: string, db: Db = this.#parts.catalog.db): Promise<projects.Project> {
    const project = await projects.find(db, id)
    if (!project) throw new PilotlightError('project_not_found')
    return project
  }

  /** Newest first. Throws invalid_request for a cursor that no list gave out. */
  async list(page: ProjectQuery): Promise<ProjectPage> {
    const { catalog, clock } = this.#parts
    const rows = await projects.list(catalog.db, {
      limit: page.limit,
      after: page.cursor === undefined ? undefined : pageBegin(page.cursor),
      search: page.search,
      wanted: page.recoverable ? 'recoverable' : 'live',
      at: new Date(clock.now()),
    })
    const last = rows.at(-1)
    return { projects: rows, cursor: last && writeCursor(last.created_text, last.id) }
  }

  /**
   * Another history window is taken up by the operation. Throws project_not_found, too_many_operations, invalid_request,
   * setting_forbidden.
   */
  async update(
    id: string,
    change: projects.ProjectChange,
  ): Promise<{ project: projects.Project; operations: Operation[] }> {
    const { catalog, engine } = this.#parts
    await checkProjectSettings(engine, (await this.get(id)).build, change)
    const updated = await catalog.transaction(async trx => {
      const before = await projects.findForUpdate(trx, id)
      if (!before) throw new PilotlightError('project_not_found')
      const settings = change.default_endpoint_settings
      const changed = await projects.update(trx, id, {
        ...change,
        default_endpoint_settings: settings && { ...before.default_endpoint_settings, ...settings },
        settings: change.settings && mergeProjectSettings(before.settings, change.settings),
      })
      const sameWindow = changed!.history_retention_seconds === before.history_retention_seconds
      const about = { project_id: id, branch_id: null, endpoint_id: null }
      const operations = await enqueue(trx, [
        ...(sameWindow ? [] : [{ ...about, action: 'apply_storage_config' as const }]),
        ...(await operationsFor(trx, before, changed!)),
      ])
      return { before, project: changed!, operations }
    })
    await tellProxies(catalog.db, this.#changes, updated.before, updated.project)
    return updated
  }
}

function pageBegin(cursor: string): projects.ProjectPosition {
  const [createdAt, id] = readCursor(cursor, 2) as [string, string]
  if (!isCursorTime(createdAt)) throw foreignCursor()
  return { createdAt, id }
}
