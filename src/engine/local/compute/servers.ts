// The Postgres of each compute, on the data of its branch: started and stopped under that data's lock and within the
// compute's bounds, taken over from another run of the engine, and its end told.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../../lib/clock.ts'
import type { KeyedLock } from '../../../lib/keyed-lock.ts'
import type { ComputeSpec } from '../../engine.ts'
import type { BranchData } from '../data/branch-data.ts'
import { asEngineError } from '../errors.ts'
import type { Archivist } from '../history/archivist.ts'
import type { Machine } from '../machine.ts'
import { sizeOf } from './chosen.ts'
import type { Compute } from './compute.ts'
import { Postmaster, type PostmasterEnd } from './postmaster.ts'
import { becomeReady, type ReadinessParts } from './readiness.ts'

export interface ServersParts {
  machine: Machine
  clock: Clock
  data: BranchData
  /** Of branches: see BranchDataParts. */
  dataLock: KeyedLock
  /** Told of branches that a compute begins or ceases to write to. */
  archivist: Pick<Archivist, 'watch' | 'unwatch' | 'atRest'>
}

export class Servers {
  readonly #parts: ServersParts
  readonly #readiness: ReadinessParts

  constructor(parts: ServersParts) {
    this.#parts = parts
    this.#readiness = { ...parts, stop: compute => this.stop(compute, 'fast') }
  }

  /** Returns as soon as there is a process; then see `waitReady`. Errors: it could not be started. */
  async start(compute: Compute, spec: ComputeSpec, binDir: string): Promise<void> {
    const { data, dataLock } = this.#parts
    data.readers.interrupt(spec.data.id)
    await dataLock.run(spec.data.id, async () => {
      // It may have been removed while we waited for its lock.
      await data.buildOf(spec.data.id)
      const [settings, group] = await Promise.all([data.prepareStart(spec), this.bound(compute.id, spec)])
      const postmaster = this.#postmasterOf(compute, spec, binDir)
      compute.postmaster = postmaster
      compute.move('working')
      try {
        await postmaster.start(settings, {
          prepare: () => data.prepareFiles(spec.data.id, spec.mode),
          group,
        })
      } catch (error) {
        compute.postmaster = null
        const { code, message } = asEngineError(error, `start compute ${compute.id}`)
        compute.move('failed', { code, message })
        throw error
      }
      becomeReady(this.#readiness, compute, spec, postmaster, settings)
    })
  }

  /** The cgroup.procs of its group; null where there is none. Without its bounds a compute is better up than down. */
  async bound(id: string, spec: ComputeSpec): Promise<string | null> {
    const { cgroups, logger } = this.#parts.machine
    try {
      return await cgroups.bound(id, sizeOf(spec))
    } catch (error) {
      logger.warn({ endpoint: id, err: error }, 'the compute runs without bounds')
      return null
    }
  }

  /** Returns once nothing works on its data any more. Errors: a process that does not end. */
  async stop(compute: Compute, how: 'fast' | 'immediate'): Promise<void> {
    const { spec } = compute
    if (!spec || compute.isAtRest) return
    const { data, dataLock, archivist, machine } = this.#parts
    if (!(await data.has(spec.data.id))) {
      // Nothing can run on what is not there.
      if (!compute.postmaster) compute.move('stopped')
      return
    }
    data.readers.interrupt(spec.data.id)
    await archivist.unwatch(spec.data.id)
    await dataLock.run(spec.data.id, async () => {
      // After a crash there is no process of ours, but its backends may still write: the stop waits for them too.
      const postmaster = compute.postmaster ?? this.#postmasterOf(compute, spec, '')
      compute.stopping = true
      if (compute.phase !== 'working') compute.move('working')
      try {
        await postmaster.stop(how)
      } finally {
        compute.stopping = false
      }
      compute.postmaster = null
      compute.move('stopped')
    })
    void machine.cgroups.leave(compute.id)
    if (spec.mode === 'rw') void archivist.atRest(spec.data.id)
  }

  /** Most are at rest, and there may be tens of thousands: without a pid file there is nothing to adopt. */
  mayRun(spec: ComputeSpec): boolean {
    return existsSync(join(this.#parts.data.pgdataOf(spec.data.id), 'postmaster.pid'))
  }

  /** Takes over what another run of the engine left running. That it cannot be is told by the compute's status. */
  async adopt(compute: Compute, spec: ComputeSpec): Promise<void> {
    const { id } = compute
    const { data, machine } = this.#parts
    try {
      const postmaster = this.#postmasterOf(compute, spec, (await data.buildOf(spec.data.id)).binDir)
      if (!(await postmaster.adopt())) return
      compute.postmaster = postmaster
      compute.found('working')
      becomeReady(this.#readiness, compute, spec, postmaster)
      if (postmaster.isReady) await compute.coming
      machine.logger.info({ endpoint: id, pid: postmaster.pid }, 'running compute adopted')
    } catch (error) {
      const { code, message } = asEngineError(error, `adopt compute ${id}`)
      compute.found('failed', { code, message })
    }
  }

  #postmasterOf(compute: Compute, spec: ComputeSpec, binDir: string): Postmaster {
    const { machine, clock, data } = this.#parts
    const place = {
      pgdata: data.pgdataOf(spec.data.id),
      binDir,
      configFile: compute.confFile,
      socketDir: compute.socketDir,
      logFile: join(compute.directory, 'postgres.log'),
      user: machine.user,
    }
    const parts = { clock, spawn: machine.spawn, logger: machine.logger.child({ endpoint: compute.id }) }
    const postmaster: Postmaster = new Postmaster(place, parts, end => this.#ended(compute, postmaster, end))
    return postmaster
  }

  /** By itself, or because we stopped it: then `stop` moves the phase on. */
  #ended(compute: Compute, postmaster: Postmaster, end: PostmasterEnd): void {
    if (compute.postmaster !== postmaster) return
    compute.postmaster = null
    compute.coming = null
    if (compute.stopping) return
    const { id, spec } = compute
    const { machine, archivist } = this.#parts
    void machine.cgroups.leave(id)
    if (spec) void archivist.unwatch(spec.data.id)
    if (end.clean) {
      machine.logger.info({ endpoint: id }, 'postgres was shut down by somebody else')
      compute.move('stopped')
    } else {
      machine.logger.warn({ endpoint: id, reason: end.reason }, 'postgres ended')
      compute.move('failed', { code: end.code, message: `postgres ended: ${end.reason}` })
    }
  }
}
