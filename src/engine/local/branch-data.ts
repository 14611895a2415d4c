// The data of branches: made as clones, kept below data/, removed.

import { randomBytes } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import type { KeyedLock } from '../../lib/keyed-lock.ts'
import { EngineError, type Gen, type Origin, type PostgresBuild, type Ref, type Status } from '../engine.ts'
import { asEngineError } from './errors.ts'
import { ensureDirectory, readJsonIfThere, replaceFile, syncDirectory } from './files.ts'
import { isSafeId, stagingPrefix } from './layout.ts'
import type { Machine } from './machine.ts'
import { buildOf, chooseBuild } from './postgres/builds.ts'
import type { StatusFeed } from './status-feed.ts'
import { type Cloning, cloneCluster } from './storage/clone.ts'
import { syncTree } from './storage/durable.ts'
import { bytesOf, removeTree } from './storage/sweep.ts'
import type { Templates } from './template/templates.ts'

/** meta.json: what the engine knows of a branch. Written before the branch appears, so it is never missing. */
interface Meta {
  gen: Gen
  buildId: string
  origin: Origin
  madeAt: string
}

export interface BranchDataParts {
  machine: Machine
  clock: Clock
  cloning: Cloning
  templates: Templates
  feed: StatusFeed
  /** Keyed by branch: held while its files are made, cloned or removed, and while a compute starts or stops on them. */
  lock: KeyedLock
  /** The compute that runs on this branch, if one does. */
  computeOn(dataId: string): string | null
  cell: string
}

export class BranchData {
  readonly #parts: BranchDataParts
  /** What is on disk, as far as it was asked for. */
  readonly #metas = new Map<string, Meta>()
  /** Of branches that are gone: a late call must not make them again. */
  readonly #goneGens = new Map<string, Gen>()
  readonly #working = new Set<string>()

  constructor(parts: BranchDataParts) {
    this.#parts = parts
  }

  directoryOf(id: string): string {
    return join(this.#parts.machine.layout.data, id)
  }

  pgdataOf(id: string): string {
    return join(this.directoryOf(id), 'pgdata')
  }

  /** The build that the branch is on; `invalid` where there is no such branch. */
  async buildOf(id: string): Promise<PostgresBuild> {
    const meta = await this.#meta(id)
    if (!meta) throw new EngineError('invalid', `there is no data of branch ${id}`)
    return buildOf(this.#parts.machine.builds, meta.buildId)
  }

  async ensure(ref: Ref, gen: Gen, origin: Origin): Promise<Status> {
    return await this.#parts.lock.run(ref.id, async () => {
      const known = await this.#meta(ref.id)
      this.#checkGen(ref, gen, known)
      if (known) {
        this.#checkOrigin(ref, known, origin)
        if (gen > known.gen) await this.#write(this.directoryOf(ref.id), ref.id, { ...known, gen })
        return await this.status(ref)
      }
      this.#working.add(ref.id)
      try {
        await this.#make(ref, gen, origin)
      } catch (error) {
        throw asEngineError(error, `make data of branch ${ref.id}`)
      } finally {
        this.#working.delete(ref.id)
      }
      this.#goneGens.delete(ref.id)
      return await this.#told(ref)
    })
  }

  async remove(ref: Ref, gen: Gen): Promise<Status> {
    return await this.#parts.lock.run(ref.id, async () => {
      this.#checkGen(ref, gen, await this.#meta(ref.id))
      const compute = this.#parts.computeOn(ref.id)
      if (compute) throw new EngineError('conflict', `compute ${compute} runs on branch ${ref.id}`)
      const existed = await this.has(ref.id)
      try {
        await removeTree(this.directoryOf(ref.id))
      } catch (error) {
        throw asEngineError(error, `remove data of branch ${ref.id}`)
      }
      this.#metas.delete(ref.id)
      this.#goneGens.set(ref.id, gen)
      return existed ? await this.#told(ref) : await this.status(ref)
    })
  }

  async has(id: string): Promise<boolean> {
    return (await stat(this.directoryOf(id)).catch(() => null)) !== null
  }

  async status(ref: Ref, options: { bytes?: boolean } = {}): Promise<Status> {
    const { clock } = this.#parts
    const base = { ref, kind: 'data' as const, changedAt: new Date(clock.now()).toISOString() }
    const meta = await this.#meta(ref.id)
    if (meta) {
      const bytes = options.bytes ? { bytes: await bytesOf(this.pgdataOf(ref.id)) } : {}
      return { ...base, phase: 'ready', gen: meta.gen, changedAt: meta.madeAt, ...bytes }
    }
    if (this.#working.has(ref.id)) return { ...base, phase: 'working', gen: 0 }
    if (!(await this.has(ref.id))) return { ...base, phase: 'gone', gen: this.#goneGens.get(ref.id) ?? 0 }
    const error = {
      code: 'internal' as const,
      message: `${this.directoryOf(ref.id)} was not made by this engine`,
    }
    return { ...base, phase: 'failed', gen: 0, error }
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

  async #make(ref: Ref, gen: Gen, origin: Origin): Promise<void> {
    const { machine, clock, cell, lock } = this.#parts
    if (await this.has(ref.id)) {
      throw new EngineError('conflict', `${this.directoryOf(ref.id)} exists, and was not made by this engine`)
    }
    const madeAt = new Date(clock.now()).toISOString()
    if (origin.from === 'empty') {
      const build = chooseBuild(machine.builds, origin.pgMajor)
      const template = await this.#parts.templates.pgdata(build)
      return await this.#clone(template, ref, { gen, buildId: build.id, origin, madeAt })
    }
    const { parent, at } = origin
    if (!('head' in at)) {
      throw new EngineError(
        'invalid',
        'this engine does not keep history yet: a branch begins at its parent’s head',
      )
    }
    if (parent.cell !== cell) throw new EngineError('invalid', `branch ${parent.id} is not on this machine`)
    // Children wait for parents and never the other way round, so two such calls cannot wait for each other.
    await lock.run(parent.id, async () => {
      const meta = await this.#meta(parent.id)
      if (!meta) throw new EngineError('invalid', `there is no data of the parent branch ${parent.id}`)
      const compute = this.#parts.computeOn(parent.id)
      if (compute) {
        const text = `compute ${compute} runs on the parent branch ${parent.id}: a branch of a running parent is not there yet`
        throw new EngineError('invalid', text)
      }
      await this.#clone(this.pgdataOf(parent.id), ref, { gen, buildId: meta.buildId, origin, madeAt })
    })
  }

  /** Appears under its name only when it is whole and on disk. */
  async #clone(from: string, ref: Ref, meta: Meta): Promise<void> {
    const { machine, cloning } = this.#parts
    const { data } = machine.layout
    const staging = join(data, `${stagingPrefix}${ref.id}-${randomBytes(4).toString('hex')}`)
    try {
      await ensureDirectory(staging, 0o711)
      await cloneCluster(from, join(staging, 'pgdata'), { cloning, owner: machine.user })
      await replaceFile(join(staging, 'meta.json'), JSON.stringify(meta))
      await syncTree(machine.spawn, staging)
      await rename(staging, this.directoryOf(ref.id))
      await syncDirectory(data)
    } catch (error) {
      await rm(staging, { recursive: true, force: true })
      throw error
    }
    this.#metas.set(ref.id, meta)
  }

  /** The fence has to survive a loss of power together with the data that it guards. */
  async #write(directory: string, id: string, meta: Meta): Promise<void> {
    await replaceFile(join(directory, 'meta.json'), JSON.stringify(meta), { durable: true })
    this.#metas.set(id, meta)
  }

  async #meta(id: string): Promise<Meta | null> {
    const known = this.#metas.get(id)
    if (known) return known
    const read = await readJsonIfThere<Meta>(join(this.directoryOf(id), 'meta.json'))
    if (read) this.#metas.set(id, read)
    return read
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
        : origin.from === 'branch' && origin.parent.id === had.parent.id
    if (!same) throw new EngineError('conflict', `branch ${ref.id} exists, and began elsewhere`)
  }

  async #told(ref: Ref): Promise<Status> {
    const status = await this.status(ref)
    this.#parts.feed.push(status)
    return status
  }
}
