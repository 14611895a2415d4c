// The data of branches: begun from a template, a moment of another branch, or a directory; replaced; removed. How the
// files come about is in beginnings.ts.

import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../lib/clock.ts'
import type { KeyedLock } from '../../../lib/keyed-lock.ts'
import {
  type AdminLogin,
  type ComputeSpec,
  type DataOptions,
  EngineError,
  type Gen,
  type Origin,
  type PostgresBuild,
  type Ref,
  type ReplaceOptions,
  type Status,
} from '../../engine.ts'
import { sharedBuffersMb } from '../compute/size.ts'
import { asEngineError } from '../errors.ts'
import { chownTo, isThere, readJsonIfThere, replaceFile, syncDirectory } from '../files.ts'
import { endOfWal, readControlFile } from '../history/control-file.ts'
import type { History } from '../history/history.ts'
import { newLineageId } from '../history/lineage.ts'
import { formatLsn } from '../history/lsn.ts'
import { earliestMoment } from '../history/moments.ts'
import { checkPagesAside } from '../history/page-check-worker.ts'
import { isSafeId, nextPrefix } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { buildOf } from '../postgres/builds.ts'
import type { StatusFeed } from '../status-feed.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { pgHba } from '../template/initdb.ts'
import type { Templates } from '../template/templates.ts'
import { Beginnings } from './beginnings.ts'
import type { Meta } from './data-meta.ts'
import { neededSettings } from './needed-settings.ts'
import { Readers } from './readers.ts'
import { prepareReplay, recoverySettings, replayBuffersMb, replayedTo, withoutTarget } from './recovery.ts'
import { settle, stopStray } from './settle.ts'

export interface BranchDataParts {
  machine: Machine
  clock: Clock
  driver: StorageDriver
  history: History
  templates: Templates
  feed: StatusFeed
  /** Keyed by branch: held while its files are made, cloned or removed, and while a compute starts or stops on them. */
  lock: KeyedLock
  /** The compute that runs on this branch, if one does. */
  computeOn(dataId: string): string | null
  /** How to log in to that compute; null where it is not ready. */
  loginOn(dataId: string): AdminLogin | null
  /** Something of this family's history may not be needed any more. */
  released(family: string): void
  cell: string
}

/** replace.json, in what is about to become a branch's data: what its old data will be called. */
interface Replacement {
  keepOldAs: string
}

export class BranchData {
  readonly readers: Readers
  readonly #parts: BranchDataParts
  readonly #beginnings: Beginnings
  /** What is on disk, as far as it was asked for. */
  readonly #metas = new Map<string, Meta>()
  /** Of branches that are gone: a late call must not make them again. */
  readonly #goneGens = new Map<string, Gen>()
  readonly #working = new Set<string>()

  constructor(parts: BranchDataParts) {
    this.#parts = parts
    this.readers = new Readers(parts.lock, parts.machine.logger)
    this.#beginnings = new Beginnings({
      ...parts,
      pgdataOf: id => this.pgdataOf(id),
      metaOf: id => this.metaOf(id),
      memberOf: id => this.memberOf(id),
      recover: id => this.#recover(id),
    })
  }

  directoryOf(id: string): string {
    return join(this.#parts.machine.layout.data, id)
  }

  pgdataOf(id: string): string {
    return join(this.directoryOf(id), 'pgdata')
  }

  /** Ends what a crash has interrupted. Before anything else is asked of us. */
  async open(): Promise<void> {
    const { machine, clock } = this.#parts
    const { data } = machine.layout
    for (const name of await readdir(data)) {
      await stopStray(join(data, name), { machine, clock })
      if (!name.startsWith(nextPrefix)) continue
      await this.#swapIn(name.slice(nextPrefix.length))
      machine.logger.info({ branch: name.slice(nextPrefix.length) }, 'replacement of data completed')
    }
  }

  /** The build that the branch is on; `invalid` where there is no such branch. */
  async buildOf(id: string): Promise<PostgresBuild> {
    const meta = await this.metaOf(id)
    if (!meta) throw new EngineError('invalid', `there is no data of branch ${id}`)
    return buildOf(this.#parts.machine.builds, meta.buildId)
  }

  async ensure(
    ref: Ref,
    gen: Gen,
    origin: Exclude<Origin, { from: 'kept' }>,
    options: DataOptions,
  ): Promise<Status> {
    return await this.readers.making(ref.id, parentOf(origin), async interrupted => {
      const known = await this.metaOf(ref.id)
      this.#checkGen(ref, gen, known)
      if (known) {
        this.#checkOrigin(ref, known, origin)
        if (gen > known.gen) await this.#write(ref.id, { ...known, gen })
        return await this.status(ref)
      }
      if (await this.has(ref.id)) {
        throw new EngineError(
          'conflict',
          `${this.directoryOf(ref.id)} exists, and was not made by this engine`,
        )
      }
      await this.#whileWorking(ref.id, `make data of branch ${ref.id}`, () =>
        this.#beginnings.make(ref.id, { gen, origin, ...options, ...interrupted }, async staging => {
          await rename(staging, this.directoryOf(ref.id))
          await syncDirectory(this.#parts.machine.layout.data)
        }),
      )
      this.#goneGens.delete(ref.id)
      return await this.#told(ref)
    })
  }

  async replace(ref: Ref, gen: Gen, origin: Origin, options: ReplaceOptions): Promise<Status> {
    const { keepOldAs, token } = options
    return await this.readers.making(ref.id, parentOf(origin), async interrupted => {
      // An earlier call came as far as having the new data whole.
      if (await isThere(this.#nextOf(ref.id))) await this.#swapIn(ref.id)
      const known = await this.metaOf(ref.id)
      this.#checkGen(ref, gen, known)
      if (!known) throw new EngineError('invalid', `there is no data of branch ${ref.id} to replace`)
      if (known.token === token) return await this.status(ref)
      const compute = this.#parts.computeOn(ref.id)
      if (compute) throw new EngineError('conflict', `compute ${compute} runs on branch ${ref.id}`)
      if (await this.has(keepOldAs.id)) {
        throw new EngineError('conflict', `there is data under the name ${keepOldAs.id} already`)
      }
      await this.#whileWorking(ref.id, `replace data of branch ${ref.id}`, async () => {
        await this.#parts.history.pins.read(known.family, async () => {
          await this.#parts.history.family(known.family).join(keepOldAs.id)
          const replacement: Replacement = { keepOldAs: keepOldAs.id }
          if (origin.from === 'kept') {
            await this.#takeBack(ref, gen, origin.ref, token, replacement)
          } else {
            await this.#beginnings.make(
              ref.id,
              { gen, origin, ...options, ...interrupted },
              async staging => {
                await replaceFile(join(staging, 'replace.json'), JSON.stringify(replacement), {
                  durable: true,
                })
                await rename(staging, this.#nextOf(ref.id))
              },
            )
          }
          try {
            await this.#swapIn(ref.id)
          } catch (error) {
            await this.#dropNext(ref.id, known, origin)
            throw error
          }
        })
      })
      return await this.#told(ref)
    })
  }

  /** Under the lock of `ref`; what was kept has no compute, and nobody else asks for it. */
  async #takeBack(ref: Ref, gen: Gen, kept: Ref, token: string, replacement: Replacement): Promise<void> {
    const meta = await this.metaOf(kept.id)
    if (!meta) throw new EngineError('invalid', `there is no data under the name ${kept.id}`)
    await this.#write(kept.id, { ...meta, gen, token })
    const file = join(this.directoryOf(kept.id), 'replace.json')
    await replaceFile(file, JSON.stringify(replacement), { durable: true })
    await rename(this.directoryOf(kept.id), this.#nextOf(ref.id))
    this.#metas.delete(kept.id)
  }

  /** What could not take its place must not do so later, unasked; unless it is the only one left. */
  async #dropNext(id: string, old: Meta, origin: Origin): Promise<void> {
    const next = this.#nextOf(id)
    if (!(await isThere(next)) || !(await this.has(id))) return
    await this.#write(id, old)
    if (origin.from !== 'kept') return await this.#parts.driver.removeTree(next)
    // First: killed in between, it lies where it was kept, and not half-way with nothing to say what for.
    await rename(next, this.directoryOf(origin.ref.id))
    await rm(join(this.directoryOf(origin.ref.id), 'replace.json'), { force: true })
  }

  #nextOf(id: string): string {
    return join(this.#parts.machine.layout.data, `${nextPrefix}${id}`)
  }

  /**
   * `.next-<id>` takes the place of `<id>`, which goes on under its new name. Each step can be seen on disk, so that after
   * a crash the rest of them is done.
   */
  async #swapIn(id: string): Promise<void> {
    const next = this.#nextOf(id)
    const replacement = await readJsonIfThere<Replacement>(join(next, 'replace.json'))
    const { data } = this.#parts.machine.layout
    await syncDirectory(data)
    if (replacement && (await this.has(id))) {
      // Under its new name it has a fence of its own, which begins anew.
      const old = await readJsonIfThere<Meta>(join(this.directoryOf(id), 'meta.json'))
      if (old) await this.#write(id, { ...old, gen: 0 })
      await rename(this.directoryOf(id), this.directoryOf(replacement.keepOldAs))
    }
    this.#metas.delete(id)
    if (replacement) this.#metas.delete(replacement.keepOldAs)
    await rename(next, this.directoryOf(id))
    await rm(join(this.directoryOf(id), 'replace.json'), { force: true })
    await syncDirectory(data)
  }

  async remove(ref: Ref, gen: Gen): Promise<Status> {
    return await this.#parts.lock.run(ref.id, async () => {
      const meta = await this.metaOf(ref.id)
      this.#checkGen(ref, gen, meta)
      const compute = this.#parts.computeOn(ref.id)
      if (compute) throw new EngineError('conflict', `compute ${compute} runs on branch ${ref.id}`)
      const existed = await this.has(ref.id)
      try {
        // Children may reach back into what only this data has so far.
        if (meta?.settled) await this.#parts.history.seal(this.#writer(ref.id, meta))
        await this.#parts.driver.removeTree(this.directoryOf(ref.id))
      } catch (error) {
        throw asEngineError(error, `remove data of branch ${ref.id}`)
      }
      this.#metas.delete(ref.id)
      this.#goneGens.set(ref.id, gen)
      if (meta) this.#parts.released(meta.family)
      return existed ? await this.#told(ref) : await this.status(ref)
    })
  }

  async setWindow(ref: Ref, gen: Gen, windowSeconds: number): Promise<Status> {
    return await this.#parts.lock.run(ref.id, async () => {
      const meta = await this.metaOf(ref.id)
      this.#checkGen(ref, gen, meta)
      if (!meta) throw new EngineError('invalid', `there is no data of branch ${ref.id}`)
      await this.#write(ref.id, { ...meta, gen, windowSeconds })
      this.#parts.released(meta.family)
      return await this.status(ref)
    })
  }

  async export(ref: Ref, path: string): Promise<{ path: string; bytes: number }> {
    return await this.#beginnings.export(ref.id, path)
  }

  /** Reads all that is kept of its line, and its own pages if it is at rest. */
  async verify(ref: Ref): Promise<{ bytes: number; damage: string[] }> {
    const meta = await this.metaOf(ref.id)
    if (!meta) throw new EngineError('invalid', `there is no data of branch ${ref.id}`)
    const result = await this.#parts.history.verify(meta)
    await this.readers.interruptible(ref.id, async () => {
      if (this.#parts.computeOn(ref.id) || !meta.settled) return
      const own = await checkPagesAside(this.pgdataOf(ref.id), null)
      result.bytes += own.bytes
      result.damage.push(...own.damage)
    })
    return result
  }

  async has(id: string): Promise<boolean> {
    return await isThere(this.directoryOf(id))
  }

  async status(ref: Ref, options: { inDepth?: boolean } = {}): Promise<Status> {
    const { clock } = this.#parts
    const base = { ref, kind: 'data' as const, changedAt: new Date(clock.now()).toISOString() }
    const meta = await this.metaOf(ref.id)
    if (meta) {
      const { gen, madeAt, begin } = meta
      const depth = options.inDepth ? await this.#depth(ref.id, meta) : {}
      return { ...base, phase: 'ready', gen, changedAt: madeAt, begin, ...depth }
    }
    if (this.#working.has(ref.id)) return { ...base, phase: 'working', gen: 0 }
    if (!(await this.has(ref.id))) return { ...base, phase: 'gone', gen: this.#goneGens.get(ref.id) ?? 0 }
    const error = {
      code: 'internal' as const,
      message: `${this.directoryOf(ref.id)} was not made by this engine`,
    }
    return { ...base, phase: 'failed', gen: 0, error }
  }

  async #depth(id: string, meta: Meta): Promise<Pick<Status, 'lsn' | 'history'>> {
    const [from, lsn] = await Promise.all([this.earliest(meta), this.#endOf(id, meta)])
    return { ...(from ? { history: { from } } : {}), ...(lsn ? { lsn } : {}) }
  }

  /** Where its WAL ends: known exactly at rest; while it runs, as of its last checkpoint. */
  async #endOf(id: string, meta: Meta): Promise<string | null> {
    if (!meta.settled) return meta.begin.lsn
    const pgdata = this.pgdataOf(id)
    const control = await readControlFile(pgdata).catch(() => null)
    if (!control) return null
    return formatLsn(control.isShutDown ? await endOfWal(pgdata, control) : control.checkpoint)
  }

  /** The first moment that can be opened; null: none. */
  async earliest(meta: Meta): Promise<string | null> {
    if (meta.windowSeconds === 0) return null
    const from = BigInt(this.#parts.clock.now() - meta.windowSeconds * 1000) * 1000n
    return earliestMoment(await this.#parts.history.kept(meta.family), meta.eras, from)
  }

  /** As `status`, for who goes through all of them: tens of thousands are not kept in memory for that. */
  async statusInPassing(ref: Ref): Promise<Status> {
    const wasKnown = this.#metas.has(ref.id)
    const status = await this.status(ref)
    if (!wasKnown) this.#metas.delete(ref.id)
    return status
  }

  /** Everything that lies there, known or not. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.#parts.machine.layout.data).catch(() => [])
    return names.filter(isSafeId)
  }

  /** As `metaOf`, for who goes through all of a family: what sleeps is not kept in memory for that. */
  async memberOf(id: string): Promise<Meta | null> {
    const wasKnown = this.#metas.has(id)
    const meta = await this.metaOf(id)
    if (!wasKnown) this.#metas.delete(id)
    return meta
  }

  /** Settings for the start that is about to happen, under its lock: what it has to replay, and how it will stand. */
  async prepareStart({ data, mode, memoryMb, settings }: ComputeSpec): Promise<Record<string, string>> {
    const meta = await this.metaOf(data.id)
    const needed = await neededSettings(this.pgdataOf(data.id), mode)
    if (!meta?.recovery) return mode === 'ro' ? { ...needed, hot_standby: 'on' } : needed
    const isSmall = settings.shared_buffers === undefined && sharedBuffersMb(memoryMb) < replayBuffersMb
    return {
      ...needed,
      ...recoverySettings(meta.recovery, mode),
      ...(isSmall ? { shared_buffers: `${replayBuffersMb}MB` } : {}),
    }
  }

  /** And when nothing runs on it any more. */
  async prepareFiles(id: string, mode: 'rw' | 'ro'): Promise<void> {
    const meta = await this.metaOf(id)
    if (mode === 'ro') await this.#standStill(id)
    else if (meta?.recovery) {
      await prepareReplay(this.pgdataOf(id), meta.recovery, this.#parts.machine.user)
    }
  }

  /** A standby with nobody to follow: what is there can be read, and nothing can be written. */
  async #standStill(id: string): Promise<void> {
    const { user } = this.#parts.machine
    const pgdata = this.pgdataOf(id)
    await rm(join(pgdata, 'recovery.signal'), { force: true })
    for (const [name, text] of [
      ['standby.signal', ''],
      ['pg_hba.conf', pgHba.past],
    ] as const) {
      await replaceFile(join(pgdata, name), text)
      await chownTo(join(pgdata, name), user)
    }
  }

  /** The start found no commit behind its target. Throws `internal` where there must be one. */
  async ranOut(id: string): Promise<void> {
    const meta = await this.metaOf(id)
    if (meta?.recovery) await this.#write(id, { ...meta, recovery: withoutTarget(meta.recovery) })
  }

  /** Postgres is up on it. Throws `internal` where it has replayed less than there was. */
  async settledByStart(id: string): Promise<void> {
    const meta = await this.metaOf(id)
    if (meta) await this.settled(id, meta.recovery)
  }

  /**
   * Postgres is up on it, for the first time: the replay that it began with is over, and its end, known only now, is
   * noted. Throws `internal` where the replay has met damage.
   */
  async settled(id: string, recovery: Meta['recovery']): Promise<void> {
    const meta = await this.metaOf(id)
    if (!meta || meta.settled) return
    await this.#write(id, await this.#afterReplay(this.pgdataOf(id), { ...meta, recovery }))
  }

  async #afterReplay(pgdata: string, meta: Meta): Promise<Meta> {
    if (!meta.recovery) return { ...meta, settled: true }
    const lsn = await replayedTo(pgdata, meta.recovery)
    const begin = { ...meta.begin, lsn }
    const eras = meta.eras.map((era, index) => {
      if (index === meta.eras.length - 1) return { ...era, from: begin }
      return index === meta.eras.length - 2 && era.until ? { ...era, until: begin } : era
    })
    const family = this.#parts.history.family(meta.family)
    const lineage = await family.lineage(meta.lineage)
    if (lineage) {
      const origin =
        lineage.origin && 'lineage' in lineage.origin ? { ...lineage.origin, lsn } : lineage.origin
      await family.add({ ...lineage, origin, startLsn: lsn })
    }
    return { ...meta, begin, eras, recovery: null, settled: true }
  }

  /** The cluster was left by a crash, or was never started: it is brought to rest. Under its lock. */
  async #recover(id: string): Promise<void> {
    const { machine, clock } = this.#parts
    const meta = (await this.metaOf(id))!
    const build = await this.buildOf(id)
    const recovery = await settle(this.pgdataOf(id), { machine, clock, build, recovery: meta.recovery })
    if (!meta.settled) await this.settled(id, recovery)
  }

  #writer(id: string, { family, lineage, windowSeconds }: Meta) {
    return { family, lineage, windowSeconds, pgdata: this.pgdataOf(id) }
  }

  /** What history/ has to know to keep this data's WAL; null where there is none to keep yet. */
  async writerOf(id: string) {
    const meta = await this.metaOf(id)
    return meta ? this.#writer(id, meta) : null
  }

  async metaOf(id: string): Promise<Meta | null> {
    const known = this.#metas.get(id)
    if (known) return known
    const read = await readJsonIfThere<Meta>(join(this.directoryOf(id), 'meta.json'))
    if (!read) return null
    const meta = read.lineage ? read : await this.#upgrade(id, read)
    this.#metas.set(id, meta)
    return meta
  }

  /** Data that was made before there was history has one from now on. */
  async #upgrade(id: string, old: Pick<Meta, 'gen' | 'buildId' | 'origin' | 'madeAt'>): Promise<Meta> {
    const control = await readControlFile(this.pgdataOf(id))
    const lineage = newLineageId()
    const begin = {
      lsn: formatLsn(control.checkpoint),
      time: new Date(this.#parts.clock.now()).toISOString(),
    }
    const family = this.#parts.history.family(lineage)
    await family.add({
      ...{ id: lineage, family: lineage, origin: null, startedAt: begin.time, startLsn: begin.lsn },
      timeline: control.timeline,
    })
    await family.join(id)
    const meta: Meta = {
      ...{ ...old, begin, family: lineage, lineage, eras: [{ lineage, from: begin }] },
      ...{ windowSeconds: 0, recovery: null, settled: true },
    }
    await replaceFile(join(this.directoryOf(id), 'meta.json'), JSON.stringify(meta), { durable: true })
    return meta
  }

  /** The fence has to survive a loss of power together with the data that it guards. */
  async #write(id: string, meta: Meta): Promise<void> {
    await replaceFile(join(this.directoryOf(id), 'meta.json'), JSON.stringify(meta), { durable: true })
    this.#metas.set(id, meta)
  }

  async #whileWorking(id: string, doing: string, work: () => Promise<void>): Promise<void> {
    this.#working.add(id)
    try {
      await work()
    } catch (error) {
      throw asEngineError(error, doing)
    } finally {
      this.#working.delete(id)
    }
  }

  #checkGen(ref: Ref, gen: Gen, meta: Meta | null): void {
    const seen = meta?.gen ?? this.#goneGens.get(ref.id) ?? 0
    if (gen < seen) throw new EngineError('stale_generation', `branch ${ref.id} is at ${seen}, not ${gen}`)
  }

  #checkOrigin(ref: Ref, meta: Meta, origin: Origin): void {
    const had = meta.origin
    const same =
      had.from === 'empty'
        ? origin.from === 'empty' && origin.pgMajor === had.pgMajor
        : had.from === 'branch'
          ? origin.from === 'branch' && origin.parent.id === had.parent.id
          : origin.from === had.from
    if (!same) throw new EngineError('conflict', `branch ${ref.id} exists, and began elsewhere`)
  }

  async #told(ref: Ref): Promise<Status> {
    const status = await this.status(ref)
    this.#parts.feed.push(status)
    return status
  }
}

const parentOf = (origin: Origin): string | null => (origin.from === 'branch' ? origin.parent.id : null)
