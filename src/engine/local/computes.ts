// The computes of this machine: each a Postgres on one branch, or at rest. Kept below computes/. Here is what is asked of
// them, one thing after another for each; how it is done is in compute/.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { retry } from '../../lib/retry.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import {
  type AdminLogin,
  type ComputeSpec,
  type ComputeUse,
  EngineError,
  type Gen,
  type Ref,
  type Status,
} from '../engine.ts'
import { isChosen, sizeOf } from './compute/chosen.ts'
import { Compute, type ComputeParts, readState } from './compute/compute.ts'
import { needsRestart, socketPort } from './compute/conf.ts'
import { asItRuns, confOf, leaveOut, replaceConf } from './compute/conf-file.ts'
import { heldPolicy, isHeldByAnother } from './compute/postmaster.ts'
import { useOfProcesses } from './compute/process-use.ts'
import { waitReady } from './compute/readiness.ts'
import { Servers, type ServersParts } from './compute/servers.ts'
import { fittedSize, machineSize } from './compute/size.ts'
import { makeSocketDir, socketDirFor } from './compute/socket-dir.ts'
import { hadTooLittleRoom } from './data/needed-settings.ts'
import { ranOutOfWal } from './data/recovery.ts'
import { asEngineError } from './errors.ts'
import { ensureDirectory, readTextIfThere } from './files.ts'
import { isSafeId } from './layout.ts'
import { adminUser } from './secrets.ts'
import type { StorageDriver } from './storage/driver.ts'

export interface ComputesParts extends ComputeParts, ServersParts {
  driver: StorageDriver
}

/** State files that are read side by side when the engine opens. */
const loadedAtOnce = 20

/** Each but the first has learnt something from the one before: where the WAL ends, how much room there was. */
const startAttempts = 6

export class Computes {
  readonly #parts: ComputesParts
  readonly #servers: Servers
  readonly #computes = new Map<string, Compute>()
  readonly #goneGens = new Map<string, Gen>()
  readonly #lock = new KeyedLock()
  readonly #starts = new SingleFlight<Status>()

  constructor(parts: ComputesParts) {
    this.#parts = parts
    this.#servers = new Servers(parts)
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
    if (this.#computes.get(id)?.isAtRest) this.#computes.delete(id)
  }

  /** The compute whose process works on this branch. */
  on(dataId: string): string | null {
    for (const [id, compute] of this.#computes) {
      if (compute.postmaster && compute.spec?.data.id === dataId) return id
    }
    return null
  }

  /** How to log in to the compute on this branch; null where none is ready. */
  loginOn(dataId: string): AdminLogin | null {
    const id = this.on(dataId)
    const compute = id === null ? undefined : this.#computes.get(id)
    if (compute?.phase !== 'ready') return null
    const { password } = this.#parts.machine
    return { host: compute.socketDir, port: socketPort, user: adminUser, password }
  }

  /** Of the kernel's groups where there are, else of /proc. Null: it does not run, or nobody tells here. */
  async use(id: string): Promise<ComputeUse | null> {
    const compute = await this.#load(id)
    const pid = compute?.postmaster?.pid
    if (!compute?.spec || !pid) return null
    const bounded = await this.#parts.machine.cgroups.use(id, pid)
    const use = bounded ?? (await useOfProcesses(pid))
    const size = machineSize()
    const may = bounded && fittedSize(sizeOf(compute.spec), size)
    return (
      use && {
        ...use,
        // As boundFiles writes it.
        cpus: may ? Math.max(1, may.vcpu) : size.cpus,
        memoryMaxBytes: Math.floor(may ? may.memoryMaxMb : size.memoryMb) * 2 ** 20,
      }
    )
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
        const compute =
          (await this.#load(ref.id)) ?? new Compute(ref.id, this.#directoryOf(ref.id), this.#parts, null)
        this.#checkGen(ref.id, gen, compute)
        try {
          await retry(heldPolicy, this.#parts.clock, isHeldByAnother, () => this.#makeSo(compute, gen, spec))
        } catch (error) {
          throw asEngineError(error, `start compute ${ref.id}`)
        }
        return compute.status()
      }),
    )
  }

  /** Changes one that runs, as far as it can be changed then; sessions are not ended for it. One at rest stays so. */
  async ensureConfigured(ref: Ref, gen: Gen, spec: ComputeSpec): Promise<Status> {
    const { machine, clock, data } = this.#parts
    return await this.#lock.run(ref.id, async () => {
      const compute = await this.#load(ref.id)
      this.#checkGen(ref.id, gen, compute)
      if (!compute) return this.gone(ref.id)
      if (!compute.postmaster || compute.spec?.data.id !== spec.data.id) return compute.status()
      try {
        const build = await data.buildOf(spec.data.id)
        const conf = await confOf(machine, compute, build, asItRuns(compute, spec))
        compute.note({ gen, spec })
        await replaceConf(compute, conf)
        compute.conf = conf
        // Before it is ready it may not have said yet what it does when it is told to reload.
        await waitReady(compute, clock)
        if (compute.postmaster?.isReady) compute.postmaster.reload()
        await this.#servers.bound(ref.id, spec)
      } catch (error) {
        throw asEngineError(error, `configure compute ${ref.id}`)
      }
      return compute.status()
    })
  }

  async ensureStopped(ref: Ref, gen: Gen, how: 'fast' | 'immediate'): Promise<Status> {
    return await this.#lock.run(ref.id, async () => {
      const compute = await this.#load(ref.id)
      this.#checkGen(ref.id, gen, compute)
      if (!compute) return this.gone(ref.id)
      compute.note({ gen })
      try {
        await this.#servers.stop(compute, how)
      } catch (error) {
        throw asEngineError(error, `stop compute ${ref.id}`)
      }
      return compute.status()
    })
  }

  async ensureGone(ref: Ref, gen: Gen): Promise<Status> {
    return await this.#lock.run(ref.id, async () => {
      const compute = await this.#load(ref.id)
      this.#checkGen(ref.id, gen, compute)
      this.#goneGens.set(ref.id, gen)
      const directory = this.#directoryOf(ref.id)
      try {
        if (compute) await this.#servers.stop(compute, 'fast')
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
    return compute ? compute.status() : this.gone(id)
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

  async #makeSo(compute: Compute, gen: Gen, spec: ComputeSpec): Promise<void> {
    const { id, directory } = compute
    const { machine, clock, data } = this.#parts
    if (!compute.postmaster) compute.forgetIgnored()
    const build = await data.buildOf(spec.data.id)
    const conf = await confOf(machine, compute, build, asItRuns(compute, spec))
    const before = compute.spec
    let confThere = compute.conf ?? (await readTextIfThere(compute.confFile))
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
      await this.#servers.stop(compute, 'fast')
    }
    if (!this.#computes.has(id)) {
      await ensureDirectory(directory, 0o711)
      await makeSocketDir(compute.socketDir, directory, machine.user)
      this.#computes.set(id, compute)
      confThere = null
    }
    compute.note({ gen, spec })
    if (confThere !== conf) await replaceConf(compute, conf)
    compute.conf = conf
    if (compute.postmaster) {
      await waitReady(compute, clock)
      if (confThere !== conf) compute.postmaster?.reload()
      return
    }
    let isLeftOut = false
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#servers.start(compute, spec, build.binDir)
        return await waitReady(compute, clock)
      } catch (error) {
        if (attempt === startAttempts) throw error
        if (ranOutOfWal(error) || hadTooLittleRoom(error)) continue
        if (isLeftOut || !isChosen(spec) || isHeldByAnother(error)) throw error
        isLeftOut = true
        await leaveOut(machine, compute, build, spec, error)
      }
    }
  }

  /** Null where there is no such compute. What another run of the engine left running is adopted. */
  async #load(id: string): Promise<Compute | null> {
    const known = this.#computes.get(id)
    if (known) return known
    const directory = this.#directoryOf(id)
    const state = await readState(directory)
    if (!state) return null
    const raced = this.#computes.get(id)
    if (raced) return raced
    const compute = new Compute(id, directory, this.#parts, state)
    this.#computes.set(id, compute)
    const { spec } = compute
    if (spec && this.#servers.mayRun(spec)) await this.#servers.adopt(compute, spec)
    return compute
  }

  #checkGen(id: string, gen: Gen, compute: Compute | null): void {
    const seen = compute?.gen || (this.#goneGens.get(id) ?? 0)
    if (gen < seen) throw new EngineError('stale_generation', `compute ${id} is at ${seen}, not ${gen}`)
  }

  #directoryOf(id: string): string {
    return join(this.#parts.machine.layout.computes, id)
  }
}
