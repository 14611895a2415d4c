// This machine as an engine: branches are directories, computes are processes.

import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import type { Logger } from '../../lib/logger.ts'
import {
  type AdminLogin,
  type Capabilities,
  type Cloning,
  type Engine,
  EngineError,
  type Origin,
  type Ref,
  type Status,
  type Usage,
} from '../engine.ts'
import { checkedNames } from './compute/conf.ts'
import { Computes } from './computes.ts'
import { BranchData } from './data/branch-data.ts'
import { stopStray } from './data/settle.ts'
import { ensureDirectory } from './files.ts'
import { Archivist, type HistoryPace } from './history/archivist.ts'
import { History } from './history/history.ts'
import { isSafeId, stagingPrefix, trashPrefix } from './layout.ts'
import { type Machine, openMachine } from './machine.ts'
import { buildOf, chooseBuild } from './postgres/builds.ts'
import { checkSettings } from './postgres/check-settings.ts'
import type { Spawn } from './run.ts'
import { adminUser } from './secrets.ts'
import { StatusFeed } from './status-feed.ts'
import { chooseDriver } from './storage/choose-driver.ts'
import type { StorageDriver } from './storage/driver.ts'
import { Templates } from './template/templates.ts'

export interface LocalEngineOptions {
  dataDir: string
  logger: Logger
  clock: Clock
  spawn?: Spawn
  /** Where the caller has opened the machine already (for the catalog's cluster). */
  machine?: Machine
  /** How branches get their bytes; by default the best that the file system can do. */
  storage?: 'auto' | Cloning
  /** For tests and measurements. */
  pace?: Partial<HistoryPace>
  /** Majors whose templates are made in the background at once; by default all that we bring ourselves. */
  prepare?: number[]
}

export interface LocalEngine extends Engine {
  readonly machine: Machine
  /** How branches get their bytes here, and in one sentence why so. */
  readonly storage: { cloning: Cloning; reason: string }
  /** Settles when the templates of `prepare` are there: from then on no new branch waits for initdb. */
  readonly prepared: Promise<void>
}

/** This machine is one cell. */
export const localCell = 'local'

export async function createLocalEngine(options: LocalEngineOptions): Promise<LocalEngine> {
  const { clock, logger } = options
  const machine =
    options.machine ??
    (await openMachine({
      dataDir: options.dataDir,
      logger,
      ...(options.spawn ? { spawn: options.spawn } : {}),
    }))
  const { layout } = machine
  for (const directory of [layout.data, layout.computes, layout.templates, layout.history]) {
    await ensureDirectory(directory, 0o711)
  }
  const { driver, reason } = await chooseDriver(layout.data, {
    ...(options.storage ? { override: options.storage } : {}),
    spawn: machine.spawn,
  })
  logger.info({ storage: driver.kind }, reason)
  await sweepAll(machine, clock, driver)

  const feed = new StatusFeed()
  const dataLock = new KeyedLock()
  const { user, password, spawn } = machine
  const templates = new Templates({ layout, user, password, spawn, logger, driver })
  const history = new History({
    ...{ directory: layout.history, driver, spawn, user, clock, logger },
    templatePgdata: name => templates.pgdataNamed(name),
  })
  const on = {
    computeOn: (id: string): string | null => computes.on(id),
    loginOn: (id: string): AdminLogin | null => computes.loginOn(id),
  }
  const data: BranchData = new BranchData({
    ...{ machine, clock, driver, history, templates, feed, lock: dataLock, cell: localCell },
    ...on,
    released: family => archivist.thinSoon(family),
  })
  const archivist: Archivist = new Archivist({
    ...{ machine, clock, driver, history, data, ...on },
    ...(options.pace ? { pace: options.pace } : {}),
  })
  const computes: Computes = new Computes({
    ...{ machine, clock, data, dataLock, driver, archivist, feed, cell: localCell },
  })
  await data.open()
  await computes.open()
  archivist.open()

  const prepared = prepare(machine, templates, options.prepare)
  // Whoever needs a template that could not be made tries again, and gets the error.
  prepared.catch(error => logger.error({ err: error }, 'a template could not be made'))

  const checked = (ref: Ref): Ref => {
    if (ref.cell !== localCell) throw new EngineError('invalid', `cell "${ref.cell}" is not this machine`)
    if (!isSafeId(ref.id)) throw new EngineError('invalid', `"${ref.id.slice(0, 80)}" is no id`)
    return ref
  }

  const checkParent = (origin: Origin): void => {
    if (origin.from === 'branch') checked(origin.parent)
    if (origin.from === 'kept') checked(origin.ref)
  }

  return {
    machine,
    storage: { cloning: driver.kind, reason },
    prepared,
    capabilities: async () => capabilitiesOf(machine, driver.kind),
    ensureData: async (ref, gen, origin, wish) => {
      if (origin.from === 'kept') throw new EngineError('invalid', 'what was kept comes back by replaceData')
      checkParent(origin)
      const status = await data.ensure(checked(ref), gen, origin, wish)
      if (origin.from === 'directory' && wish.windowSeconds > 0) void archivist.grown(ref.id)
      return status
    },
    replaceData: async (ref, gen, origin, wish) => {
      checkParent(origin)
      return await data.replace(checked(ref), gen, origin, { ...wish, keepOldAs: checked(wish.keepOldAs) })
    },
    ensureWindow: async (ref, gen, windowSeconds) => {
      const status = await data.setWindow(checked(ref), gen, windowSeconds)
      if (windowSeconds > 0) void archivist.grown(ref.id)
      return status
    },
    exportData: async (ref, path) => await data.export(checked(ref), path),
    verify: async ref => await data.verify(checked(ref)),
    usage: async refs => await usageOf(refs.map(checked), data, history, driver),
    ensureRunning: async (ref, gen, spec) => {
      checked(spec.data)
      return await computes.ensureRunning(checked(ref), gen, spec)
    },
    ensureConfigured: async (ref, gen, spec) => await computes.ensureConfigured(checked(ref), gen, spec),
    checkSettings: async (id, settings) =>
      await checkSettings(machine.spawn, buildOf(machine.builds, id), machine.user, checkedNames(settings)),
    preloadLibraries: async id => await machine.preloadLibraries(buildOf(machine.builds, id)),
    ensureStopped: async (ref, gen, how) => await computes.ensureStopped(checked(ref), gen, how),
    ensureGone: async (ref, gen) => {
      checked(ref)
      const isCompute = (await computes.has(ref.id)) || (isComputeId(ref.id) && !(await data.has(ref.id)))
      return isCompute ? await computes.ensureGone(ref, gen) : await data.remove(ref, gen)
    },
    observe: async ref => {
      checked(ref)
      if (await computes.has(ref.id)) return await computes.status(ref.id)
      if (isComputeId(ref.id) && !(await data.has(ref.id))) return computes.gone(ref.id)
      return await data.status(ref, { inDepth: true })
    },
    list: cell => list(cell, data, computes),
    watch: (cell, cursor) => feed.watch(cell, cursor),
    adminLogin: async ref => {
      const { phase, address } = await computes.status(checked(ref).id)
      if (!address) throw new EngineError('unavailable', `compute ${ref.id} is ${phase}, not ready`)
      return { ...address, user: adminUser, password } satisfies AdminLogin
    },
    computeUse: async ref => await computes.use(checked(ref).id),
    close: async () => {
      feed.close()
      await archivist.close()
      computes.close()
      await prepared.catch(() => {})
    },
  }
}

/** Ids say what they are; it matters only for what does not exist. */
const isComputeId = (id: string): boolean => id.startsWith('ep-')

async function* list(cell: string, data: BranchData, computes: Computes): AsyncGenerator<Status> {
  if (cell !== localCell) return
  for (const id of await data.ids()) yield await data.statusInPassing({ cell, id })
  for (const id of await computes.ids()) {
    const status = await computes.statusInPassing(id)
    const message = 'this directory was not made by the engine'
    // A directory without a state is nobody's compute, but the caller should know that it lies there.
    yield status.phase === 'gone'
      ? { ...status, phase: 'failed', error: { code: 'internal', message } }
      : status
  }
}

/** What crashes have left half-made or half-deleted, and Postgres servers that were at work on that. */
async function sweepAll(machine: Machine, clock: Clock, driver: StorageDriver): Promise<void> {
  const { layout, logger } = machine
  for (const directory of [layout.data, layout.computes, layout.templates, layout.postgres, layout.exports]) {
    for (const name of await readdir(directory).catch(() => [])) {
      if (!name.startsWith(stagingPrefix) && !name.startsWith(trashPrefix)) continue
      await stopStray(join(directory, name), { machine, clock })
      await driver.removeTree(join(directory, name))
      logger.info({ name }, 'leftover of a crash removed')
    }
  }
}

async function usageOf(
  refs: Ref[],
  data: BranchData,
  history: History,
  driver: StorageDriver,
): Promise<Usage[]> {
  const usages = await driver.usage(refs.map(({ id }) => data.pgdataOf(id)))
  return await Promise.all(
    refs.map(async (ref, index) => {
      const { bytes, exclusiveBytes } = usages[index]!
      const meta = await data.memberOf(ref.id)
      const historyBytes = meta ? await history.bytes(meta) : 0
      return { ref, bytes, exclusiveBytes, historyBytes }
    }),
  )
}

async function prepare(machine: Machine, templates: Templates, majors?: number[]): Promise<void> {
  const embedded = machine.builds.filter(build => build.source === 'embedded').map(build => build.major)
  const builds = [...new Set(majors ?? embedded)].map(major => chooseBuild(machine.builds, major))
  await Promise.all(builds.map(build => templates.pgdata(build)))
}

function capabilitiesOf({ builds, cgroups }: Machine, cloning: Capabilities['cloning']): Capabilities {
  return {
    engine: 'local',
    version: '1',
    exactLsn: true,
    crossNodeBranch: false,
    maxCopies: 1,
    coldCost: 'none',
    fencing: 'process',
    // A start takes a core for about 50 ms; half of each core is left to those who are awake.
    wakesPerSecond: availableParallelism() * 10,
    cloning,
    boundsUnavailable: cgroups.unavailable,
    postgres: builds,
  }
}
