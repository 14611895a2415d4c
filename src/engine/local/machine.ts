// What this machine has: the data directory, the user under which Postgres runs, the builds, the password of
// cloud_admin. The engine stands on it, and so does the catalog's own cluster.

import { chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from '../../lib/logger.ts'
import type { PostgresBuild, PreloadLibrary } from '../engine.ts'
import { type Cgroups, openCgroups } from './compute/cgroups.ts'
import { machineSize } from './compute/size.ts'
import { type Layout, layoutOf } from './layout.ts'
import { findBuilds } from './postgres/builds.ts'
import { checkSettings } from './postgres/check-settings.ts'
import { findPreloadLibraries } from './postgres/preload-libraries.ts'
import { checkReachable, choosePostgresUser, type PostgresUser } from './postgres-user.ts'
import { defaultSpawn, type Spawn } from './run.ts'
import { adminPassword } from './secrets.ts'

export interface Machine {
  layout: Layout
  user: PostgresUser
  builds: PostgresBuild[]
  /** Of cloud_admin; never logged. */
  password: string
  /** Whether this build can flush a whole file system before recovery. */
  hasSyncfs(build: PostgresBuild): Promise<boolean>
  preloadLibraries(build: PostgresBuild): Promise<PreloadLibrary[]>
  /** What keeps computes within their sizes. */
  cgroups: Cgroups
  spawn: Spawn
  logger: Logger
}

export async function openMachine(options: {
  dataDir: string
  logger: Logger
  spawn?: Spawn
}): Promise<Machine> {
  const { logger, spawn = defaultSpawn } = options
  const user = await choosePostgresUser(spawn)
  await makeDataDir(resolve(options.dataDir), user)
  // By one name, however it was given: running computes are known by the path on their command line.
  const layout = layoutOf(await realpath(options.dataDir))
  await checkReachable(spawn, user, layout.dataDir)
  const [builds, password] = await Promise.all([findBuilds({ layout, spawn, logger }), adminPassword(layout)])
  const hasSyncfs = oncePerBuild(build => askSyncfs(spawn, build, user))
  const preloadLibraries = oncePerBuild(findPreloadLibraries)
  // Asked now, so that the first wake spawns nothing but its Postgres.
  await Promise.all(builds.flatMap(build => [hasSyncfs(build), preloadLibraries(build)]))
  const cgroups = await openCgroups({ dataDir: layout.dataDir, user, spawn, machine: machineSize() })
  return { layout, user, builds, password, hasSyncfs, preloadLibraries, cgroups, spawn, logger }
}

/** It may have been made with a narrow umask; what is inside guards itself, so passing through is enough. */
async function makeDataDir(dataDir: string, user: PostgresUser): Promise<void> {
  const made = await mkdir(dataDir, { recursive: true })
  if (!user.switch) return
  for (let at = dataDir; made && at.startsWith(made); at = join(at, '..')) {
    await chmod(at, ((await stat(at)).mode & 0o777) | 0o111)
  }
  const { mode, uid } = await stat(dataDir)
  if (uid === process.getuid?.()) await chmod(dataDir, (mode & 0o777) | 0o111)
}

/** A build does not change while we run. */
function oncePerBuild<T>(ask: (build: PostgresBuild) => Promise<T>): (build: PostgresBuild) => Promise<T> {
  const answers = new Map<string, Promise<T>>()
  return build => {
    const answer = answers.get(build.id) ?? ask(build)
    answers.set(build.id, answer)
    return answer
  }
}

/** Postgres refuses a value that it was not compiled with. */
async function askSyncfs(spawn: Spawn, build: PostgresBuild, user: PostgresUser): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const wanted = { recovery_init_sync_method: 'syncfs' }
  return await checkSettings(spawn, build, user, wanted).then(
    problem => problem === null,
    () => false,
  )
}
