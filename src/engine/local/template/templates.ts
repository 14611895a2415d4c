// One initialised cluster per build, of which every new branch is a clone. It is made at the first start, so that no
// request ever waits for initdb (most of a second).

import { createHash, randomBytes } from 'node:crypto'
import { access, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../../lib/logger.ts'
import { SingleFlight } from '../../../lib/single-flight.ts'
import type { PostgresBuild } from '../../engine.ts'
import { ensureDirectory, readJsonIfThere, replaceFile, syncDirectory } from '../files.ts'
import { type Layout, stagingPrefix } from '../layout.ts'
import type { PostgresUser } from '../postgres-user.ts'
import type { Spawn } from '../run.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { syncTree } from '../storage/durable.ts'
import { branchBootstrap } from './bootstrap.ts'
import { createCluster } from './initdb.ts'

/** What a finished template says of itself. One that says something else is made anew. */
interface TemplateMarker {
  buildId: string
  /** Of the bootstrap statements and the password: a template with others is of no use. */
  contents: string
}

export interface TemplatesOptions {
  layout: Layout
  user: PostgresUser
  password: string
  spawn: Spawn
  logger: Logger
  driver: StorageDriver
}

export class Templates {
  readonly #options: TemplatesOptions
  readonly #flight = new SingleFlight<string>()
  readonly #known = new Map<string, string>()

  constructor(options: TemplatesOptions) {
    this.#options = options
  }

  /** The template's data directory; the first to ask for a build makes it, the others wait for that. */
  async pgdata(build: PostgresBuild): Promise<string> {
    const known = this.#known.get(build.id)
    if (known) return known
    return await this.#flight.run(build.id, async () => {
      const pgdata = (await this.#whole(build)) ?? (await this.#make(build))
      this.#known.set(build.id, pgdata)
      return pgdata
    })
  }

  /** What the template of today is called; one with other contents has another name, and stays for who began with it. */
  nameOf(build: PostgresBuild): string {
    return `${build.id}-${this.#contents(build).slice(0, 8)}`
  }

  /** Of a template of that name; null where there is none any more. */
  async pgdataNamed(name: string): Promise<string | null> {
    const pgdata = join(this.#options.layout.templates, name, 'pgdata')
    return await access(join(pgdata, 'PG_VERSION')).then(
      () => pgdata,
      () => null,
    )
  }

  #contents(build: PostgresBuild): string {
    return createHash('sha256')
      .update(JSON.stringify([branchBootstrap(build.major), this.#options.password]))
      .digest('hex')
  }

  /** The marker is written last and renamed into place with the rest; PG_VERSION and pg_control must be there too. */
  async #whole(build: PostgresBuild): Promise<string | null> {
    const directory = join(this.#options.layout.templates, this.nameOf(build))
    const marker = await readJsonIfThere<TemplateMarker>(join(directory, 'template.json'))
    if (marker?.buildId !== build.id || marker.contents !== this.#contents(build)) return null
    const pgdata = join(directory, 'pgdata')
    try {
      await access(join(pgdata, 'PG_VERSION'))
      await access(join(pgdata, 'global', 'pg_control'))
      return pgdata
    } catch {
      return null
    }
  }

  async #make(build: PostgresBuild): Promise<string> {
    const { layout, user, password, spawn, logger, driver } = this.#options
    const started = performance.now()
    await ensureDirectory(layout.templates, 0o711)
    const directory = join(layout.templates, this.nameOf(build))
    const staging = join(layout.templates, `${stagingPrefix}${build.id}-${randomBytes(4).toString('hex')}`)
    try {
      await ensureDirectory(staging, 0o700, user)
      const bootstrap = branchBootstrap(build.major)
      await driver.makeDirectory(join(staging, 'pgdata'), user)
      await createCluster(staging, { build, user, password, bootstrap, spawn })
      const marker: TemplateMarker = { buildId: build.id, contents: this.#contents(build) }
      await replaceFile(join(staging, 'template.json'), JSON.stringify(marker), { mode: 0o644 })
      await syncTree(spawn, staging)
      await driver.removeTree(directory)
      await rename(staging, directory)
      await syncDirectory(layout.templates)
    } catch (error) {
      await driver.removeTree(staging)
      throw error
    }
    const ms = Math.round(performance.now() - started)
    logger.info({ build: build.id, ms }, 'template made')
    return join(directory, 'pgdata')
  }
}
