// How a piece of data begins: a staging directory is filled with a cluster, its replay and its place in a history are
// noted, everything is flushed, and only then does it appear. The caller holds the locks of what is read and made.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { Clock } from '../../../lib/clock.ts'
import {
  type AdminLogin,
  type At,
  type DataOptions,
  EngineError,
  type Gen,
  type Origin,
  type PostgresBuild,
} from '../../engine.ts'
import { asEngineError, isMissing } from '../errors.ts'
import { ensureDirectory, replaceFile, syncDirectory } from '../files.ts'
import { endOfWal, readControlFile } from '../history/control-file.ts'
import { type History, type Recovery, SnapshotDamaged, type WrittenEnd } from '../history/history.ts'
import { type Lineage, newLineageId } from '../history/lineage.ts'
import { formatLsn, parseLsn } from '../history/lsn.ts'
import {
  type Era,
  earliestMoment,
  eraOf,
  erasUpTo,
  formatTime,
  type Moment,
  microseconds,
  outOfWindow,
  planMoment,
  type Target,
} from '../history/moments.ts'
import { markNow } from '../history/running.ts'
import { stagingPrefix } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { buildOf, chooseBuild } from '../postgres/builds.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { syncEach, syncTree } from '../storage/durable.ts'
import { requireRoomForWal } from '../storage/room.ts'
import { bytesOf } from '../storage/sweep.ts'
import { adoptCluster, pgHba } from '../template/initdb.ts'
import type { Templates } from '../template/templates.ts'
import { checkManifest, writeManifest } from './backup-manifest.ts'
import { type CopyParts, copyAtRest, copyUntouched, copyWhileRunning } from './cluster-copy.ts'
import type { Meta } from './data-meta.ts'
import { replayedTo } from './recovery.ts'
import { settle } from './settle.ts'

export interface BeginningsParts {
  machine: Machine
  clock: Clock
  driver: StorageDriver
  history: History
  templates: Templates
  pgdataOf(id: string): string
  metaOf(id: string): Promise<Meta | null>
  /** As `metaOf`, for who goes through all of a family. */
  memberOf(id: string): Promise<Meta | null>
  loginOn(id: string): AdminLogin | null
  computeOn(id: string): string | null
  /** Brings a cluster that a crash left to rest. */
  recover(id: string): Promise<void>
}

export interface Wish extends DataOptions {
  gen: Gen
  origin: Exclude<Origin, { from: 'kept' }>
  token?: string
  /** Given up where somebody more important wants what is read. */
  signal?: AbortSignal
}

/** A cluster that lies in the staging directory, and what is to be noted of it. */
interface Beginning {
  buildId: string
  begin: Moment
  timeline: number
  /** Of a family that there is already. */
  family?: string
  from: Lineage['origin']
  /** What was before the lineage that begins here. */
  erasBefore: Era[]
  recovery: Recovery | null
  settled: boolean
}

export class Beginnings {
  readonly #parts: BeginningsParts

  constructor(parts: BeginningsParts) {
    this.#parts = parts
  }

  /** `appear` moves the finished directory to where it is seen. */
  async make(id: string, wish: Wish, appear: (staging: string) => Promise<void>): Promise<void> {
    const { machine, driver, history, clock } = this.#parts
    const staging = join(machine.layout.data, `${stagingPrefix}${id}-${randomBytes(4).toString('hex')}`)
    const parent = wish.origin.from === 'branch' ? await this.#parent(wish.origin.parent.id) : null
    const lineage = newLineageId()
    // Its own family too, which is a new one where it has no parent, or none that it may know.
    const families = parent ? [parent.family, lineage] : [lineage]
    await history.pins.readAll(families, async () => {
      try {
        await ensureDirectory(staging, 0o711)
        const pgdata = join(staging, 'pgdata')
        let beginning = await this.#copy(wish, parent, pgdata)
        if (wish.settled && !beginning.settled) beginning = await this.#settle(beginning, pgdata)
        if (wish.detached) beginning = withoutPast(beginning)
        const meta = metaFrom(wish, beginning, lineage, new Date(clock.now()).toISOString())
        const family = history.family(meta.family)
        const { begin, timeline, from } = beginning
        await family.add({
          ...{ id: meta.lineage, family: meta.family, origin: from, timeline },
          ...{ startedAt: meta.madeAt, startLsn: begin.lsn },
        })
        await family.join(id)
        await replaceFile(join(staging, 'meta.json'), JSON.stringify(meta))
        await syncTree(machine.spawn, staging)
        // On Linux the whole file system was flushed just now.
        if (process.platform !== 'linux') await syncEach(family.directory)
        await appear(staging)
      } catch (error) {
        await driver.removeTree(staging)
        throw error
      }
    })
  }

  async #parent(id: string): Promise<Meta> {
    const meta = await this.#parts.metaOf(id)
    if (!meta) throw new EngineError('invalid', `there is no data of the parent branch ${id}`)
    return meta
  }

  async #copy(wish: Wish, parent: Meta | null, pgdata: string): Promise<Beginning> {
    const { origin } = wish
    if (origin.from === 'empty') return await this.#fromTemplate(wish, origin.pgMajor, pgdata)
    if (origin.from === 'directory') return await this.#fromDirectory(wish, origin.path, pgdata)
    const target = await this.#targetOf(origin.parent.id, parent!, origin.at)
    return target
      ? await this.#fromMoment(wish, origin.parent.id, parent!, target, pgdata)
      : await this.#fromHead(wish, origin.parent.id, pgdata)
  }

  #copyParts({ signal }: { signal?: AbortSignal }): CopyParts {
    const { driver, machine } = this.#parts
    return { driver, user: machine.user, ...(signal ? { signal } : {}) }
  }

  #now(): string {
    return formatTime(BigInt(this.#parts.clock.now()) * 1000n)
  }

  async #fromTemplate(wish: Wish, pgMajor: number, pgdata: string): Promise<Beginning> {
    const build = chooseBuild(this.#parts.machine.builds, pgMajor)
    const template = await this.#parts.templates.pgdata(build)
    const { end, timeline } = await copyAtRest(this.#copyParts(wish), template, pgdata)
    return {
      ...{ buildId: build.id, begin: { lsn: formatLsn(end), time: this.#now() }, timeline },
      ...{ from: { template: this.#parts.templates.nameOf(build) }, erasBefore: [] },
      ...{ recovery: null, settled: true },
    }
  }

  /** Somebody else's cluster: it gets our way of logging in, and its own roles and databases stay. */
  async #fromDirectory(wish: Wish, path: string, pgdata: string): Promise<Beginning> {
    const { machine } = this.#parts
    const major = Number.parseInt(await readFile(join(path, 'PG_VERSION'), 'utf8').catch(() => ''), 10)
    if (!isAbsolute(path) || !Number.isInteger(major)) {
      throw new EngineError('invalid', `${path} is no data directory of Postgres`)
    }
    const build = chooseBuild(machine.builds, major)
    if (await stat(join(path, 'postmaster.pid')).catch(() => null)) {
      throw new EngineError('invalid', `a Postgres runs on ${path}, or was killed there: shut it down first`)
    }
    await checkManifest(path)
    await copyAtRest(this.#copyParts(wish), path, pgdata)
    await adoptCluster(pgdata, {
      build,
      user: machine.user,
      password: machine.password,
      spawn: machine.spawn,
    })
    const { checkpoint, timeline } = await readControlFile(pgdata)
    return {
      ...{ buildId: build.id, begin: { lsn: formatLsn(checkpoint), time: this.#now() }, timeline },
      ...{ from: null, erasBefore: [], recovery: null, settled: true },
    }
  }

  /** With every commit that was acknowledged before the call. */
  async #fromHead(wish: Wish, parentId: string, pgdata: string): Promise<Beginning> {
    const { history, pgdataOf, loginOn, computeOn, machine, recover } = this.#parts
    const from = pgdataOf(parentId)
    const parts = this.#copyParts(wish)
    if (computeOn(parentId)) {
      const login = loginOn(parentId)
      if (!login) throw new EngineError('unavailable', `the compute of branch ${parentId} is not ready`)
      const parent = await this.#parent(parentId)
      const { major } = buildOf(machine.builds, parent.buildId)
      const archive = history.archive(parent)
      const { at, timeline } = await copyWhileRunning(parts, from, pgdata, { login, major, archive })
      return this.#childOf(parent, at, timeline, { recovery: null, settled: false })
    }
    let parent = await this.#parent(parentId)
    if (!parent.settled) {
      await copyUntouched(parts, from, pgdata)
      return {
        ...this.#childOf(parent, parent.begin, (await this.#lineage(parent)).timeline, parent),
        from: (await this.#lineage(parent)).origin,
        erasBefore: parent.eras.slice(0, -1),
      }
    }
    if (!(await readControlFile(from)).isShutDown) {
      await recover(parentId)
      parent = await this.#parent(parentId)
    }
    const { end, timeline } = await copyAtRest(parts, from, pgdata)
    const begin = { lsn: formatLsn(end), time: this.#now() }
    return this.#childOf(parent, begin, timeline, { recovery: null, settled: true })
  }

  #childOf(
    parent: Meta,
    begin: Moment,
    timeline: number,
    { recovery, settled }: Pick<Meta, 'recovery' | 'settled'>,
  ): Beginning {
    return {
      ...{ buildId: parent.buildId, begin, timeline, family: parent.family, recovery, settled },
      from: { lineage: parent.lineage, lsn: begin.lsn },
      erasBefore: erasUpTo(parent.eras, parent.eras.at(-1)!, begin),
    }
  }

  async #lineage({ family, lineage }: Meta): Promise<Lineage> {
    const found = await this.#parts.history.family(family).lineage(lineage)
    if (!found) throw new EngineError('internal', `lineage ${lineage} is gone from the history`)
    return found
  }

  /** Null: the head is what is meant. Throws `out_of_window`. */
  async #targetOf(parentId: string, parent: Meta, at: At): Promise<Target | null> {
    if ('head' in at) return null
    const now = BigInt(this.#parts.clock.now() + 1) * 1000n
    const last = parent.eras.at(-1)!
    if ('lsn' in at) {
      parseLsn(at.lsn)
      // Nothing was ever written behind its beginning, so that there is no other moment in its own era.
      return parent.settled || eraOf(parent.eras, at) !== last ? at : null
    }
    const time = microseconds(at.time)
    if (time > now) throw outOfWindow(`${at.time} lies in the future, and`, await this.#earliest(parent))
    if (time < now - BigInt(parent.windowSeconds) * 1_000_000n) {
      throw outOfWindow(at.time, await this.#earliest(parent))
    }
    if (this.#parts.computeOn(parentId)) return at
    // It has slept since, or has never been awake: its head is what it was then.
    if (!parent.settled) return eraOf(parent.eras, at) === last ? null : at
    const control = join(this.#parts.pgdataOf(parentId), 'global', 'pg_control')
    const { isShutDown } = await readControlFile(this.#parts.pgdataOf(parentId))
    const { mtimeNs } = await stat(control, { bigint: true })
    return isShutDown && time > mtimeNs / 1000n ? null : at
  }

  async #earliest(parent: Meta): Promise<string | null> {
    if (parent.windowSeconds === 0) return null
    const from = BigInt(this.#parts.clock.now() - parent.windowSeconds * 1000) * 1000n
    return earliestMoment(await this.#parts.history.kept(parent.family), parent.eras, from)
  }

  async #fromMoment(
    wish: Wish,
    parentId: string,
    parent: Meta,
    target: Target,
    pgdata: string,
  ): Promise<Beginning> {
    const { history } = this.#parts
    const text = 'lsn' in target ? `LSN ${target.lsn}` : target.time
    const kept = await history.kept(parent.family)
    const plan = parent.windowSeconds === 0 ? null : planMoment(kept, parent.eras, target)
    if (!plan) throw outOfWindow(text, await this.#earliest(parent))
    const writers = await this.#writers(parent.family)
    const end = await this.#endOf(writers.get(plan.era.lineage), parentId)
    const isOwnEra = plan.era === parent.eras.at(-1)
    if ('lsn' in target && isOwnEra && end && parseLsn(target.lsn) > end.lsn) {
      throw outOfWindow(
        `${text} lies behind the end of the branch, ${formatLsn(end.lsn)}, and`,
        await this.#earliest(parent),
      )
    }
    const live = {
      writerOf: (lineage: string) => writers.get(lineage)?.pgdata ?? null,
      end,
    }
    let recovery: Recovery
    try {
      recovery = await history.open(parent.family, plan, target, pgdata, live, wish.signal)
    } catch (error) {
      if (!(error instanceof SnapshotDamaged)) throw error
      // It is noted as such, so the next plan begins with an earlier one, if there is one.
      await this.#parts.driver.removeTree(pgdata)
      return await this.#fromMoment(wish, parentId, parent, target, pgdata)
    }
    // Of a time, the LSN is known only when it has been replayed; until then, a bound that keeps too much.
    const lsn = 'lsn' in target ? target.lsn : (plan.era.until?.lsn ?? formatLsn(end?.lsn ?? 0n))
    const time = 'time' in target ? formatTime(microseconds(target.time)) : this.#now()
    const begin: Moment = { lsn, time }
    return {
      ...{ buildId: parent.buildId, begin, family: parent.family, recovery, settled: false },
      timeline: recovery.timeline + 1,
      from: { lineage: plan.era.lineage, lsn },
      erasBefore: erasUpTo(parent.eras, plan.era, begin),
    }
  }

  /**
   * Where the WAL of a lineage ends, and whether that is a commit of now; null where nobody writes it any more, or where
   * a crash has left no certain end.
   */
  async #endOf(
    writer: { id: string; pgdata: string } | undefined,
    lockedId: string,
  ): Promise<WrittenEnd | null> {
    if (!writer) return null
    const { computeOn, loginOn, metaOf, recover } = this.#parts
    if (computeOn(writer.id)) {
      const login = loginOn(writer.id)
      if (!login) throw new EngineError('unavailable', `the compute of branch ${writer.id} is not ready`)
      await requireRoomForWal(writer.pgdata)
      return { lsn: parseLsn((await markNow(login)).lsn), isMarked: true }
    }
    const meta = await metaOf(writer.id)
    if (!meta?.settled) return meta ? { lsn: parseLsn(meta.begin.lsn), isMarked: false } : null
    let control = await readControlFile(writer.pgdata)
    if (!control.isShutDown && writer.id === lockedId) {
      await recover(writer.id)
      control = await readControlFile(writer.pgdata)
    }
    return control.isShutDown ? { lsn: await endOfWal(writer.pgdata, control), isMarked: false } : null
  }

  /** Who writes the lineages of a family now. */
  async #writers(family: string): Promise<Map<string, { id: string; pgdata: string }>> {
    const writers = new Map<string, { id: string; pgdata: string }>()
    for (const id of await this.#parts.history.family(family).members()) {
      const meta = await this.#parts.memberOf(id)
      if (meta) writers.set(meta.lineage, { id, pgdata: this.#parts.pgdataOf(id) })
    }
    return writers
  }

  /** Replays now what else the first start would. */
  async #settle(beginning: Beginning, pgdata: string): Promise<Beginning> {
    const { machine, clock } = this.#parts
    const build = buildOf(machine.builds, beginning.buildId)
    const recovery = await settle(pgdata, { machine, clock, build, recovery: beginning.recovery })
    if (!recovery) return { ...beginning, settled: true }
    const begin = { ...beginning.begin, lsn: await replayedTo(pgdata, recovery) }
    const { from, erasBefore } = beginning
    return {
      ...{ ...beginning, begin, recovery: null, settled: true },
      from: from && 'lineage' in from ? { ...from, lsn: begin.lsn } : from,
      erasBefore: erasBefore.map((era, index) =>
        index === erasBefore.length - 1 && era.until ? { ...era, until: begin } : era,
      ),
    }
  }

  /** The branch's head as a plain data directory of somebody else's. `path` must not exist, its parent must. */
  async export(id: string, path: string): Promise<{ path: string; bytes: number }> {
    const { machine, clock, driver } = this.#parts
    if (!isAbsolute(path)) throw new EngineError('invalid', `${path} is no absolute path`)
    if (await stat(path).catch(() => null)) throw new EngineError('invalid', `${path} exists already`)
    const staging = join(dirname(path), `${stagingPrefix}${randomBytes(4).toString('hex')}`)
    try {
      await mkdir(staging, { mode: 0o711 }).catch(error => {
        throw isMissing(error) ? new EngineError('invalid', `${dirname(path)} does not exist`) : error
      })
      const pgdata = join(staging, 'pgdata')
      const wish: Wish = {
        ...{ gen: 0, windowSeconds: 0 },
        origin: { from: 'branch', parent: { cell: '', id }, at: { head: true } },
      }
      const { family } = await this.#parent(id)
      const { buildId, recovery, settled } = await this.#parts.history.pins.read(family, () =>
        this.#fromHead(wish, id, pgdata),
      )
      const build: PostgresBuild = buildOf(machine.builds, buildId)
      if (!settled) await settle(pgdata, { machine, clock, build, recovery })
      await writeFile(join(pgdata, 'pg_hba.conf'), pgHba.exported)
      const control = await readControlFile(pgdata)
      await writeManifest(
        pgdata,
        { timeline: control.timeline, lsn: formatLsn(control.checkpoint) },
        machine.user,
      )
      await syncTree(machine.spawn, staging)
      await rename(pgdata, path)
      await syncDirectory(dirname(path))
      return { path, bytes: await bytesOf(path) }
    } catch (error) {
      throw asEngineError(error, `export branch ${id}`)
    } finally {
      await driver.removeTree(staging)
    }
  }
}

/** What it shares with its parent is its files: no history leads from one to the other. */
function withoutPast({ family: _, ...beginning }: Beginning): Beginning {
  return { ...beginning, from: null, erasBefore: [] }
}

function metaFrom(wish: Wish, beginning: Beginning, lineage: string, madeAt: string): Meta {
  const { buildId, begin, recovery, settled } = beginning
  return {
    ...{ gen: wish.gen, buildId, origin: wish.origin, madeAt, begin },
    ...{ family: beginning.family ?? lineage, lineage, windowSeconds: wish.windowSeconds },
    eras: [...beginning.erasBefore, { lineage, from: begin }],
    ...{ recovery, settled },
    ...(wish.token === undefined ? {} : { token: wish.token }),
  }
}
