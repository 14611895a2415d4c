// The computes of this machine: each a Postgres on one branch, or at rest. Kept below computes/.

import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import { deferred } from '../../lib/deferred.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { retry } from '../../lib/retry.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import {
  type AdminLogin,
  type ComputeSpec,
  EngineError,
  type Gen,
  type Phase,
  type PostgresBuild,
  type Ref,
  type Status,
} from '../engine.ts'
import { chosenText, isChosen, preloadNames, sizeOf, withoutChosen } from './compute/chosen.ts'
import { checkedNames, needsRestart, renderConf, socketPort } from './compute/conf.ts'
import { heldPolicy, isHeldByAnother, Postmaster, type PostmasterEnd } from './compute/postmaster.ts'
import { makeSocketDir, socketDirFor } from './compute/socket-dir.ts'
import type { BranchData } from './data/branch-data.ts'
import { assertRoom, hadTooLittleRoom } from './data/needed-settings.ts'
import { ranOutOfWal } from './data/recovery.ts'
import { asEngineError } from './errors.ts'
import { ensureDirectory, readJsonIfThere, readTextIfThere, replaceFile, replaceFileAtOnce } from './files.ts'
import type { Archivist } from './history/archivist.ts'
import { replayState } from './history/running.ts'
import { isSafeId } from './layout.ts'
import type { Machine } from './machine.ts'
import { checkSettings } from './postgres/check-settings.ts'
import { adminUser } from './secrets.ts'
import type { StatusFeed } from './status-feed.ts'
import type { StorageDriver } from './storage/driver.ts'

/**
 * state.json: the fence, and what the compute was last asked to be. It is replaced whole but not flushed: a loss of
 * power ends the process and its callers too, and the fence of the data, which does outlive that, is flushed.
 */
interface State {
  gen: Gen
  spec: ComputeSpec | null
  changedAt: string
  /** With its settings Postgres did not come up; while this process runs, they are left out. */
  ignored?: { settings: string; reason: string } | undefined
}

interface Compute {
  state: State
  phase: Phase
  /** We asked for the end that is coming: it is no surprise. */
  stopping: boolean
  error: Status['error']
  /** postgresql.conf as we last wrote or read it. */
  conf: string | null
  postmaster: Postmaster | null
  /** Settles when it is `ready`, or with the reason why it never will be. */
  coming: Promise<void> | null
}

export interface ComputesParts {
  machine: Machine
  clock: Clock
  data: BranchData
  /** Of branches: see BranchDataParts. */
  dataLock: KeyedLock
  driver: StorageDriver
  /** Told of branches that a compute begins or ceases to write to. */
  archivist: Pick<Archivist, 'watch' | 'unwatch' | 'atRest'>
  feed: StatusFeed
  cell: string
}

/** State files that are read side by side when the engine opens. */
const loadedAtOnce = 20

/** After a crash Postgres may replay for long. The caller is then told `working`, and Postgres goes on. */
const startPatienceMs = 30_000
/** Each but the first has learnt something from the one before: where the WAL ends, how much room there was. */
const startAttempts = 6
/** Between two questions to a standby that is still replaying. */
const replayPollMs = 5

export class Computes {
  readonly #parts: ComputesParts
  readonly #computes = new Map<string, Compute>()
  readonly #goneGens = new Map<string, Gen>()
  readonly #lock = new KeyedLock()
  readonly #starts = new SingleFlight<Status>()

  constructor(parts: ComputesParts) {
    this.#parts = parts
  }

  /** Reads what is there, and takes over what runs. */
  async open(): Promise<void> {
    const ids = await this.ids()
    for (let at = 0; at < ids.length; at += loadedAtOnce) {
      const batch = ids.slice(at, at + loadedAtOnce)
      await Promise.all(batch.map(id => this.#load(id)))
      for (const id of batch) this.#forgetAtRest(id)
    }
    await this.#parts.machine.cgroups.sweep()
  }

  /** Of tens of thousands that sleep, nothing is kept in memory: what is asked about is read again. */
  #forgetAtRest(id: string): void {
    const compute = this.#computes.get(id)
    if (compute?.phase === 'stopped' && !compute.postmaster) this.#computes.delete(id)
  }

  /** The compute whose process works on this branch. */
  on(dataId: string): string | null {
    for (const [id, compute] of this.#computes) {
      if (compute.postmaster && compute.state.spec?.data.id === dataId) return id
    }
    return null
  }

  /** How to log in to the compute on this branch; null where none is ready. */
  loginOn(dataId: string): AdminLogin | null {
    const id = this.on(dataId)
    const compute = id === null ? undefined : this.#computes.get(id)
    if (id === null || compute?.phase !== 'ready') return null
    const { password } = this.#parts.machine
    return { host: socketDirFor(this.#directoryOf(id)), port: socketPort, user: adminUser, password }
  }

  async ids(): Promise<string[]> {
    return (await readdir(this.#parts.machine.layout.computes).catch(() => [])).filter(isSafeId)
  }

  async has(id: string): Promise<boolean> {
    return (await this.#load(id)) !== null
  }

  /** Callers with the same wish share one start and its outcome; different wishes are done one after another. */
  async ensureRunning(ref: Ref, gen: Gen, spec: ComputeSpec): Promise<Status> {
    return await this.#starts.run(JSON.stringify([ref.id, gen, spec]), () =>
      this.#lock.run(ref.id, async () => {
        const compute = (await this.#load(ref.id)) ?? this.#blank()
        this.#checkGen(ref.id, gen, compute)
        try {
          await retry(heldPolicy, this.#parts.clock, isHeldByAnother, () =>
            this.#makeSo(ref, gen, spec, compute),
          )
        } catch (error) {
          throw asEngineError(error, `start compute ${ref.id}`)
        }
        return this.#status(ref.id, compute)
      }),
    )
  }

  async ensureStopped(ref: Ref, gen: Gen, how: 'fast' | 'immediate'): Promise<Status> {
    return await this.#lock.run(ref.id, async () => {
      const compute = await this.#load(ref.id)
      this.#checkGen(ref.id, gen, compute)
      if (!compute) return this.gone(ref.id)
      this.#writeState(ref.id, compute, { gen })
      try {
        await this.#stop(ref.id, compute, how)
      } catch (error) {
        throw asEngineError(error, `stop compute ${ref.id}`)
      }
      return this.#status(ref.id, compute)
    })
  }

  async ensureGone(ref: Ref, gen: Gen): Promise<Status> {
    return await this.#lock.run(ref.id, async () => {
      const compute = await this.#load(ref.id)
      this.#checkGen(ref.id, gen, compute)
      this.#goneGens.set(ref.id, gen)
      const directory = this.#directoryOf(ref.id)
      try {
        if (compute) await this.#stop(ref.id, compute, 'fast')
        const socketDir = socketDirFor(directory)
        if (!socketDir.startsWith(directory)) await this.#parts.driver.removeTree(socketDir)
        await this.#parts.driver.removeTree(directory)
      } catch (error) {
        throw asEngineError(error, `remove compute ${ref.id}`)
      }
      this.#computes.delete(ref.id)
      const status = this.gone(ref.id)
      if (compute) this.#parts.feed.push(status)
      return status
    })
  }

  async status(id: string): Promise<Status> {
    const compute = await this.#load(id)
    return compute ? this.#status(id, compute) : this.gone(id)
  }

  /** As `status`, for who goes through all of them. */
  async statusInPassing(id: string): Promise<Status> {
    const wasKnown = this.#computes.has(id)
    // Under the lock, so that nobody is at work on what is forgotten.
    return await this.#lock.run(id, async () => {
      const status = await this.status(id)
      if (!wasKnown) this.#forgetAtRest(id)
      return status
    })
  }

  gone(id: string): Status {
    const { cell, clock } = this.#parts
    const changedAt = new Date(clock.now()).toISOString()
    return { ref: { cell, id }, kind: 'compute', phase: 'gone', gen: this.#goneGens.get(id) ?? 0, changedAt }
  }

  /** Lets go of the processes: they run on, and the next engine takes them over. */
  close(): void {
    for (const { postmaster } of this.#computes.values()) postmaster?.release()
  }

  async #makeSo(ref: Ref, gen: Gen, spec: ComputeSpec, compute: Compute): Promise<void> {
    const { id } = ref
    const { machine, data } = this.#parts
    const directory = this.#directoryOf(id)
    if (!compute.postmaster) compute.state.ignored = undefined
    const confFile = join(directory, 'postgresql.conf')
    const build = await data.buildOf(spec.data.id)
    const conf = await this.#render(id, build, this.#asItRuns(compute, spec))
    const before = compute.state.spec
    let confThere = compute.conf ?? (await readTextIfThere(confFile))
    // One branch has one compute: Postgres itself would refuse a second one, less clearly.
    const other = this.on(spec.data.id)
    if (other && other !== id) {
      throw new EngineError('conflict', `compute ${other} runs on branch ${spec.data.id} already`)
    }
    if (
      compute.postmaster &&
      before &&
      (before.data.id !== spec.data.id || needsRestart(confThere ?? '', conf))
    ) {
      await this.#stop(id, compute, 'fast')
    }
    if (!this.#computes.has(id)) {
      await ensureDirectory(directory, 0o711)
      await makeSocketDir(socketDirFor(directory), directory, machine.user)
      this.#computes.set(id, compute)
      confThere = null
    }
    this.#writeState(id, compute, { gen, spec })
    if (confThere !== conf) await replaceFile(confFile, conf, { mode: 0o644 })
    compute.conf = conf
    if (compute.postmaster) {
      await this.#waitReady(compute)
      if (confThere !== conf) compute.postmaster?.reload()
      return
    }
    let isLeftOut = false
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#start(id, compute, spec, build.binDir)
        return await this.#waitReady(compute)
      } catch (error) {
        if (attempt === startAttempts) throw error
        if (ranOutOfWal(error) || hadTooLittleRoom(error)) continue
        if (isLeftOut || !isChosen(spec) || isHeldByAnother(error)) throw error
        isLeftOut = true
        await this.#leaveOut(id, compute, spec, build, error)
      }
    }
  }

  async #render(id: string, build: PostgresBuild, spec: ComputeSpec): Promise<string> {
    const { machine } = this.#parts
    const { settings, logicalReplication } = spec
    return renderConf({
      ...{ major: build.major, size: sizeOf(spec), settings },
      socketDir: socketDirFor(this.#directoryOf(id)),
      syncfs: await machine.hasSyncfs(build),
      archive: true,
      preload: preloadNames(await machine.preloadLibraries(build), spec.preload),
      logicalReplication: logicalReplication === true,
    })
  }

  /** A process that could be started only without its settings goes on without them, for as long as they are the same. */
  #asItRuns(compute: Compute, spec: ComputeSpec): ComputeSpec {
    const { ignored } = compute.state
    return compute.postmaster && ignored?.settings === chosenText(spec) ? withoutChosen(spec) : spec
  }

  /**
   * Postgres did not come up. Whether its settings are to blame shows only without them; if so, they are tried again at
   * the next start, for the reason may lie in the machine.
   */
  async #leaveOut(
    id: string,
    compute: Compute,
    spec: ComputeSpec,
    build: PostgresBuild,
    error: unknown,
  ): Promise<void> {
    const { machine } = this.#parts
    // At a start Postgres says only that the file has errors; asked about it, it says which.
    const asked = checkSettings(machine.spawn, build, machine.user, checkedNames(spec.settings))
    const reason = (await asked.catch(() => null)) ?? (error instanceof Error ? error.message : String(error))
    machine.logger.warn({ endpoint: id, reason }, 'postgres is started without the settings that were chosen')
    const conf = await this.#render(id, build, withoutChosen(spec))
    await replaceFile(join(this.#directoryOf(id), 'postgresql.conf'), conf, { mode: 0o644 })
    compute.conf = conf
    const ignored = { settings: chosenText(spec), reason }
    this.#writeState(id, compute, { gen: compute.state.gen, ignored })
  }

  /** Sessions are not ended for it. */
  async ensureConfigured(ref: Ref, gen: Gen, spec: ComputeSpec): Promise<Status> {
    return await this.#lock.run(ref.id, async () => {
      const compute = await this.#load(ref.id)
      this.#checkGen(ref.id, gen, compute)
      if (!compute) return this.gone(ref.id)
      if (!compute.postmaster || compute.state.spec?.data.id !== spec.data.id) {
        return this.#status(ref.id, compute)
      }
      try {
        const build = await this.#parts.data.buildOf(spec.data.id)
        const conf = await this.#render(ref.id, build, this.#asItRuns(compute, spec))
        this.#writeState(ref.id, compute, { gen, spec })
        await replaceFile(join(this.#directoryOf(ref.id), 'postgresql.conf'), conf, { mode: 0o644 })
        compute.conf = conf
        // Before it is ready it may not have said yet what it does when it is told to reload.
        await this.#waitReady(compute)
        if (compute.postmaster?.isReady) compute.postmaster.reload()
        await this.#bound(ref.id, spec)
      } catch (error) {
        throw asEngineError(error, `configure compute ${ref.id}`)
      }
      return this.#status(ref.id, compute)
    })
  }

  async #start(id: string, compute: Compute, spec: ComputeSpec, binDir: string): Promise<void> {
    const { data, dataLock } = this.#parts
    data.interrupt(spec.data.id)
    await dataLock.run(spec.data.id, async () => {
      // It may have been removed while we waited for its lock.
      await data.buildOf(spec.data.id)
      const settings = await data.prepareStart(spec)
      const postmaster = this.#postmasterOf(id, compute, spec, binDir)
      compute.postmaster = postmaster
      this.#move(id, compute, 'working')
      try {
        await postmaster.start(settings, async () => {
          await data.prepareFiles(spec.data.id, spec.mode)
          return await this.#bound(id, spec)
        })
      } catch (error) {
        compute.postmaster = null
        const known = asEngineError(error, `start compute ${id}`)
        this.#move(id, compute, 'failed', { code: known.code, message: known.message })
        throw error
      }
      this.#await(id, compute, spec, postmaster, settings)
    })
  }

  /** Without its bounds it is better up than down. */
  async #bound(id: string, spec: ComputeSpec): Promise<string | null> {
    const { cgroups, logger } = this.#parts.machine
    try {
      return await cgroups.bound(id, sizeOf(spec))
    } catch (error) {
      logger.warn({ endpoint: id, err: error }, 'the compute runs without bounds')
      return null
    }
  }

  /** Begins to wait for a server that is on its way up, or was found running. */
  #await(
    id: string,
    compute: Compute,
    spec: ComputeSpec,
    postmaster: Postmaster,
    started: Record<string, string> = {},
  ): void {
    compute.coming = this.#come(id, compute, spec, postmaster, started)
    compute.coming.catch(() => {})
  }

  async #come(
    id: string,
    compute: Compute,
    spec: ComputeSpec,
    postmaster: Postmaster,
    started: Record<string, string>,
  ): Promise<void> {
    const { data, archivist } = this.#parts
    try {
      await postmaster.ready
    } catch (error) {
      // Noted here, however late: who had asked for the start may have lost patience.
      if (ranOutOfWal(error)) await data.ranOut(spec.data.id)
      throw error
    }
    if (spec.mode === 'ro') {
      await this.#waitForMoment(id, postmaster)
      try {
        await assertRoom(postmaster.place.pgdata, started)
      } catch (error) {
        await this.#stop(id, compute, 'fast')
        throw error
      }
    } else {
      try {
        await data.settledByStart(spec.data.id)
      } catch (error) {
        // What it has is not what was asked for: nobody may come to rely on it.
        await this.#stop(id, compute, 'fast')
        throw error
      }
      if (compute.postmaster === postmaster && !compute.stopping) archivist.watch(spec.data.id)
    }
    this.#toReady(id, compute, postmaster)
  }

  /** A standby lets sessions in as soon as its files are whole, and goes on replaying up to its moment. */
  async #waitForMoment(id: string, postmaster: Postmaster): Promise<void> {
    const { password } = this.#parts.machine
    const login = { host: postmaster.place.socketDir, port: socketPort, user: adminUser, password }
    while (postmaster.isReady) {
      const { isPaused, isAtEnd } = await replayState(login)
      if (isPaused || isAtEnd) return
      await this.#parts.clock.sleep(replayPollMs)
    }
    throw new EngineError('unavailable', `compute ${id} ended before it had reached its moment`)
  }

  async #waitReady(compute: Compute): Promise<void> {
    const { postmaster, coming } = compute
    if (!postmaster || !coming || (postmaster.isReady && compute.phase === 'ready')) return
    const late = deferred<void>()
    const timer = this.#parts.clock.after(startPatienceMs, () => late.resolve())
    try {
      await Promise.race([coming, late.promise])
    } finally {
      timer.cancel()
    }
  }

  #toReady(id: string, compute: Compute, postmaster: Postmaster): void {
    if (compute.postmaster !== postmaster || compute.phase !== 'working' || compute.stopping) return
    this.#move(id, compute, 'ready')
  }

  #postmasterOf(id: string, compute: Compute, spec: ComputeSpec, binDir: string): Postmaster {
    const { machine, clock, data } = this.#parts
    const directory = this.#directoryOf(id)
    const place = {
      pgdata: data.pgdataOf(spec.data.id),
      binDir,
      configFile: join(directory, 'postgresql.conf'),
      socketDir: socketDirFor(directory),
      logFile: join(directory, 'postgres.log'),
      user: machine.user,
    }
    const parts = { clock, spawn: machine.spawn, logger: machine.logger.child({ endpoint: id }) }
    const postmaster: Postmaster = new Postmaster(place, parts, end =>
      this.#ended(id, compute, postmaster, end),
    )
    return postmaster
  }

  /** By itself, or because we stopped it: then #stop moves the phase on. */
  #ended(id: string, compute: Compute, postmaster: Postmaster, end: PostmasterEnd): void {
    if (compute.postmaster !== postmaster) return
    compute.postmaster = null
    compute.coming = null
    if (compute.stopping) return
    void this.#parts.machine.cgroups.leave(id)
    const { spec } = compute.state
    if (spec) void this.#parts.archivist.unwatch(spec.data.id)
    const log = this.#parts.machine.logger
    if (end.clean) {
      log.info({ endpoint: id }, 'postgres was shut down by somebody else')
      this.#move(id, compute, 'stopped')
    } else {
      log.warn({ endpoint: id, reason: end.reason }, 'postgres ended')
      this.#move(id, compute, 'failed', { code: end.code, message: `postgres ended: ${end.reason}` })
    }
  }

  async #stop(id: string, compute: Compute, how: 'fast' | 'immediate'): Promise<void> {
    const { spec } = compute.state
    if (!spec || (compute.phase === 'stopped' && !compute.postmaster)) return
    const { data, dataLock, archivist } = this.#parts
    if (!(await data.has(spec.data.id))) {
      // Nothing can run on what is not there.
      if (!compute.postmaster) this.#move(id, compute, 'stopped')
      return
    }
    data.interrupt(spec.data.id)
    await archivist.unwatch(spec.data.id)
    await dataLock.run(spec.data.id, async () => {
      // After a crash there is no process of ours, but its backends may still write: the stop waits for them too.
      const postmaster = compute.postmaster ?? this.#postmasterOf(id, compute, spec, '')
      compute.stopping = true
      if (compute.phase !== 'working') this.#move(id, compute, 'working')
      try {
        await postmaster.stop(how)
      } finally {
        compute.stopping = false
      }
      compute.postmaster = null
      this.#move(id, compute, 'stopped')
    })
    void this.#parts.machine.cgroups.leave(id)
    if (spec.mode === 'rw') void archivist.atRest(spec.data.id)
  }

  /** Null where there is no such compute. What another run of the engine left running is adopted. */
  async #load(id: string): Promise<Compute | null> {
    const known = this.#computes.get(id)
    if (known) return known
    const state = await readJsonIfThere<State>(join(this.#directoryOf(id), 'state.json'))
    if (!state) return null
    const raced = this.#computes.get(id)
    if (raced) return raced
    const compute: Compute = {
      state,
      phase: 'stopped',
      stopping: false,
      error: undefined,
      conf: null,
      postmaster: null,
      coming: null,
    }
    this.#computes.set(id, compute)
    const { spec } = state
    // Most are at rest, and there may be tens of thousands: without a pid file there is nothing to adopt.
    if (!spec || !existsSync(join(this.#parts.data.pgdataOf(spec.data.id), 'postmaster.pid'))) return compute
    try {
      const postmaster = this.#postmasterOf(
        id,
        compute,
        spec,
        (await this.#parts.data.buildOf(spec.data.id)).binDir,
      )
      if (await postmaster.adopt()) {
        compute.postmaster = postmaster
        compute.phase = 'working'
        this.#await(id, compute, spec, postmaster)
        if (postmaster.isReady) await compute.coming
        this.#parts.machine.logger.info({ endpoint: id, pid: postmaster.pid }, 'running compute adopted')
      }
    } catch (error) {
      const { code, message } = asEngineError(error, `adopt compute ${id}`)
      compute.phase = 'failed'
      compute.error = { code, message }
    }
    return compute
  }

  #blank(): Compute {
    const state = { gen: 0, spec: null, changedAt: '' }
    return {
      state,
      phase: 'stopped',
      stopping: false,
      error: undefined,
      conf: null,
      postmaster: null,
      coming: null,
    }
  }

  #checkGen(id: string, gen: Gen, compute: Compute | null): void {
    const seen = compute?.state.gen || (this.#goneGens.get(id) ?? 0)
    if (gen < seen) throw new EngineError('stale_generation', `compute ${id} is at ${seen}, not ${gen}`)
  }

  #writeState(id: string, compute: Compute, change: Pick<State, 'gen'> & Partial<State>): void {
    const same =
      compute.state.gen === change.gen &&
      !change.ignored &&
      (!change.spec || JSON.stringify(change.spec) === JSON.stringify(compute.state.spec))
    if (same && compute.state.changedAt) return
    const changedAt = new Date(this.#parts.clock.now()).toISOString()
    const { spec, ignored } = compute.state
    const sameChoice = !change.spec || ignored?.settings === chosenText(change.spec)
    compute.state = { spec, ignored: sameChoice ? ignored : undefined, ...change, changedAt }
    replaceFileAtOnce(join(this.#directoryOf(id), 'state.json'), JSON.stringify(compute.state))
  }

  #move(id: string, compute: Compute, phase: Phase, error?: Status['error']): void {
    compute.phase = phase
    compute.error = error
    compute.state.changedAt = new Date(this.#parts.clock.now()).toISOString()
    this.#parts.feed.push(this.#status(id, compute))
  }

  #status(id: string, compute: Compute): Status {
    const { phase, error, state } = compute
    const address = { host: socketDirFor(this.#directoryOf(id)), port: socketPort }
    return {
      ref: { cell: this.#parts.cell, id },
      kind: 'compute',
      phase,
      gen: state.gen,
      changedAt: state.changedAt,
      ...(phase === 'ready' ? { address } : {}),
      ...(phase === 'ready' && state.ignored ? { settingsIgnored: state.ignored.reason } : {}),
      ...(error ? { error } : {}),
    }
  }

  #directoryOf(id: string): string {
    return join(this.#parts.machine.layout.computes, id)
  }
}
