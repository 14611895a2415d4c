// Keeps the history of branches growing and bounded: segments as they are finished, a snapshot now and then, and what
// falls out of a window goes.

import { type FSWatcher, watch } from 'node:fs'
import { readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Timer } from '../../../lib/clock.ts'
import type { AdminLogin } from '../../engine.ts'
import type { BranchData } from '../data/branch-data.ts'
import { copyFilesWhileRunning } from '../data/cluster-copy.ts'
import type { Meta } from '../data/data-meta.ts'
import type { Machine } from '../machine.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { bytesOf } from '../storage/sweep.ts'
import { endOfWal, readControlFile } from './control-file.ts'
import type { History } from './history.ts'
import { formatLsn, type Lsn, parseLsn, parseSegmentName, segmentStart } from './lsn.ts'
import { formatTime, type KeptSnapshot } from './moments.ts'

export interface ArchivistParts {
  machine: Machine
  clock: Clock
  driver: StorageDriver
  history: History
  data: BranchData
  computeOn(dataId: string): string | null
  loginOn(dataId: string): AdminLogin | null
  pace?: Partial<HistoryPace>
}

/** How often what is done for the history; the defaults are below, others are for tests and measurements. */
export interface HistoryPace {
  snapshotEveryBytes: number
  snapshotAtRestEveryBytes: number
  thinEveryMs: number
  /** A snapshot's pages are read again after this long. */
  checkEveryMs: number
  /** When less is free on the disk, windows are shortened. */
  reserveBytes(totalBytes: number): number
}

const defaultPace: HistoryPace = {
  /**
   * WAL between two snapshots of a branch, and so the most that a restore replays: about a second's worth. A snapshot of a
   * running branch forces a checkpoint; every 256 MB, that is as often as a busy database would make one anyway. Where a
   * snapshot is a copy, it is taken only after as much WAL as it would take itself, so that both grow alike.
   */
  snapshotEveryBytes: 256 * 1024 * 1024,
  /** At a suspend the cluster is at rest, and a clone costs next to nothing; below this, a replay costs less. */
  snapshotAtRestEveryBytes: 4 * 1024 * 1024,
  /** Windows move on while branches sleep, too. */
  thinEveryMs: 600_000,
  checkEveryMs: 7 * 86_400_000,
  /** What databases need to go on writing while somebody makes room: a twentieth of the disk, and 5 GB are plenty. */
  reserveBytes: total => Math.min(total / 20, 5e9),
}

/** A finished segment is noticed by a watch; a watch that said nothing is made up for this often. */
const fallbackMs = 30_000
/** Segments that are finished together are fetched together. */
const settleMs = 20
/** While WAL is being kept, the disk is looked at this often. */
const spaceEveryMs = 10_000
const thinSoonMs = 1000
/** Between two families, so that ten thousand of them are no load. */
const thinPauseMs = 20
/** By what windows are shortened, one after the other, until the reserve is free again. */
const shares = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 0]

interface Watched {
  watcher: FSWatcher | null
  timer: Timer
  working: Promise<void> | null
  again: boolean
}

export class Archivist {
  readonly #parts: ArchivistParts
  readonly #watched = new Map<string, Watched>()
  readonly #work = new Set<Promise<void>>()
  #growing: Promise<void> = Promise.resolve()
  #thinTimer: Timer | null = null
  readonly #thinSoon = new Map<string, Timer>()
  #closed = false
  readonly #pace: HistoryPace
  #spaceCheckedAt = 0

  constructor(parts: ArchivistParts) {
    this.#parts = parts
    this.#pace = { ...defaultPace, ...parts.pace }
  }

  open(): void {
    this.#armThinning()
  }

  /** A compute is up on this data. */
  watch(dataId: string): void {
    if (this.#watched.has(dataId) || this.#closed) return
    const watched: Watched = {
      watcher: null,
      timer: { cancel() {} },
      working: null,
      again: false,
    }
    this.#watched.set(dataId, watched)
    const statusDir = join(this.#parts.data.pgdataOf(dataId), 'pg_wal', 'archive_status')
    try {
      watched.watcher = watch(statusDir, { persistent: false }, (_event, name) => {
        if (name?.endsWith('.ready')) this.#soon(dataId, settleMs)
      })
      watched.watcher.on('error', () => watched.watcher?.close())
    } catch (error) {
      // The kernel's watches are used up: the timer hears it too, a little later.
      this.#parts.machine.logger.warn({ err: error }, 'no watch on finished WAL')
    }
    this.#soon(dataId, settleMs)
  }

  /** It is no longer up; nothing of this data is being read when this returns. */
  async unwatch(dataId: string): Promise<void> {
    const watched = this.#watched.get(dataId)
    if (!watched) return
    this.#watched.delete(dataId)
    watched.watcher?.close()
    watched.timer.cancel()
    await watched.working
  }

  #soon(dataId: string, delayMs: number): void {
    const watched = this.#watched.get(dataId)
    if (!watched) return
    watched.timer.cancel()
    watched.timer = this.#parts.clock.after(delayMs, () => {
      this.#pass(dataId, watched)
    })
  }

  #pass(dataId: string, watched: Watched): void {
    if (watched.working) {
      watched.again = true
      return
    }
    watched.working = this.#keep(dataId)
      .catch(error => this.#report(dataId, error, 'WAL not kept; will try again'))
      .then(() => {
        watched.working = null
        const again = watched.again
        watched.again = false
        this.#soon(dataId, again ? settleMs : fallbackMs)
      })
  }

  async #keep(dataId: string): Promise<void> {
    const { data, history } = this.#parts
    const writer = await data.writerOf(dataId)
    if (!writer) return
    const kept = await history.keepFinished(writer)
    if (kept === 0) return
    await this.#snapshotIfDue(dataId)
    await this.#watchSpace()
  }

  /** History must not be what fills the disk. */
  async #watchSpace(): Promise<void> {
    const now = this.#parts.clock.now()
    if (now - this.#spaceCheckedAt < spaceEveryMs) return
    this.#spaceCheckedAt = now
    if (await this.#isScarce()) await this.#thinAll()
  }

  async #isScarce(): Promise<boolean> {
    const { bavail, blocks, bsize } = await statfs(this.#parts.machine.layout.history)
    return bavail * bsize < this.#pace.reserveBytes(blocks * bsize)
  }

  #report(dataId: string, error: unknown, text: string): void {
    if (this.#closed) return
    this.#parts.machine.logger.warn({ branch: dataId, err: error }, text)
  }

  /** A running branch that has written enough since the last snapshot. */
  async #snapshotIfDue(dataId: string): Promise<void> {
    const { data, history, loginOn } = this.#parts
    const login = loginOn(dataId)
    const meta = await data.metaOf(dataId)
    if (!login || !meta?.settled || meta.windowSeconds === 0) return
    const last = (await history.archive(meta).list()).findLast(({ name }) => parseSegmentName(name))
    const written = last ? segmentStart(parseSegmentName(last.name)!.segment + 1n) : 0n
    if (!(await this.#isDue(dataId, meta, written, await this.#spacing(dataId)))) return
    await data.readers.interruptible(dataId, signal => this.#snapshotRunning(dataId, meta, signal))
    await this.thin(meta.family)
  }

  async #snapshotRunning(dataId: string, meta: Meta, signal: AbortSignal): Promise<void> {
    const { data, driver, machine, history, loginOn, clock } = this.#parts
    const login = loginOn(dataId)
    // Whoever stops it has interrupted what was under way, and would wait for what begins now.
    if (!login || !this.#watched.has(dataId)) return
    const { major } = await data.buildOf(dataId)
    const startedAt = clock.now()
    const parts = { driver, user: machine.user, signal }
    await history.pins.read(meta.family, () =>
      history.snapshots(meta).add(async pgdata => {
        const { redo, timeline, end } = await copyFilesWhileRunning(parts, data.pgdataOf(dataId), pgdata, {
          login,
          major,
        })
        return { ...end, redo: formatLsn(redo), timeline, isFuzzy: true }
      }),
    )
    machine.logger.info({ branch: dataId, tookMs: clock.now() - startedAt }, 'snapshot taken')
  }

  /**
   * Its compute has been stopped: the WAL that it had finished is kept, and its files, if much has changed. Behind the
   * stop, not before its answer. Whoever wakes it meanwhile does not wait for that.
   */
  async atRest(dataId: string): Promise<void> {
    await this.#aside(dataId, () => this.#atRest(dataId), 'no snapshot at rest')
  }

  async #atRest(dataId: string): Promise<void> {
    const { data, history, driver, machine, computeOn } = this.#parts
    await data.readers.interruptible(dataId, async signal => {
      const [writer, meta] = [await data.writerOf(dataId), await data.metaOf(dataId)]
      if (!writer || !meta?.settled || meta.windowSeconds === 0 || computeOn(dataId) || this.#closed) return
      await history.keepFinished(writer)
      const pgdata = data.pgdataOf(dataId)
      const control = await readControlFile(pgdata)
      if (!control.isShutDown) return
      const spacing =
        driver.kind === 'copy' ? await this.#spacing(dataId) : BigInt(this.#pace.snapshotAtRestEveryBytes)
      if (!(await this.#isDue(dataId, meta, control.checkpoint, spacing))) return
      const end = await endOfWal(pgdata, control)
      const time = formatTime(BigInt(this.#parts.clock.now()) * 1000n)
      await history.pins.read(meta.family, () =>
        history.snapshots(meta).add(async copy => {
          await driver.cloneCluster(pgdata, copy, { owner: machine.user, signal })
          return { lsn: formatLsn(end), time, redo: formatLsn(control.redo), timeline: control.timeline }
        }),
      )
    })
    const meta = await data.metaOf(dataId)
    if (meta) await this.thin(meta.family)
  }

  /**
   * Its history begins, or begins again (it was imported, or its window was 0 until now): not only when the next segment is
   * full.
   */
  async grown(dataId: string): Promise<void> {
    const work = async (): Promise<void> => {
      if (this.#closed) return
      await (this.#parts.loginOn(dataId) ? this.#snapshotIfDue(dataId) : this.#atRest(dataId))
    }
    // One after the other: a project that changes its window may have a thousand branches.
    this.#growing = this.#growing.then(() => this.#aside(dataId, work, 'no snapshot to begin a history with'))
    await this.#growing
  }

  /** It has written enough since the last snapshot, or since it began; or nothing leads to where it is now. */
  async #isDue(dataId: string, meta: Meta, now: Lsn, spacing: Lsn): Promise<boolean> {
    const { history } = this.#parts
    const last = (await history.snapshots(meta).list()).findLast(({ damage }) => damage === undefined)
    const written = now - parseLsn(last?.lsn ?? meta.eras.at(-1)!.from.lsn)
    if (written >= spacing) return true
    return !(await history.isRooted(meta)) && (await this.#hasRoomFor(dataId))
  }

  /** What was given up for want of space is not begun again before there is space. */
  async #hasRoomFor(dataId: string): Promise<boolean> {
    const { machine, driver, data } = this.#parts
    const { bavail, blocks, bsize } = await statfs(machine.layout.history)
    const bytes = driver.kind === 'copy' ? await bytesOf(data.pgdataOf(dataId)) : 0
    return bavail * bsize - bytes >= this.#pace.reserveBytes(blocks * bsize)
  }

  async #spacing(dataId: string): Promise<Lsn> {
    const least = BigInt(this.#pace.snapshotEveryBytes)
    if (this.#parts.driver.kind !== 'copy') return least
    const bytes = BigInt(await bytesOf(this.#parts.data.pgdataOf(dataId)))
    return bytes > least ? bytes : least
  }

  /** Removes what no window of the family needs. */
  async thin(family: string, share = 1): Promise<void> {
    const { history, data } = this.#parts
    await history.thin(family, BigInt(this.#pace.snapshotEveryBytes), id => data.memberOf(id), share)
  }

  /** Behind the answer of whoever made something superfluous, and once for many of them. */
  thinSoon(family: string): void {
    if (this.#thinSoon.has(family) || this.#closed) return
    const timer = this.#parts.clock.after(thinSoonMs, () => {
      this.#thinSoon.delete(family)
      void this.#aside(family, () => this.thin(family), 'history not thinned')
    })
    this.#thinSoon.set(family, timer)
  }

  #aside(about: string, work: () => Promise<void>, failure: string): Promise<void> {
    const done = work().catch(error => this.#report(about, error, failure))
    this.#work.add(done)
    return done.finally(() => this.#work.delete(done))
  }

  #armThinning(): void {
    this.#thinTimer = this.#parts.clock.after(this.#pace.thinEveryMs, () => {
      void this.#aside('all', () => this.#thinAll(), 'history not thinned').then(() => {
        if (!this.#closed) this.#armThinning()
      })
    })
  }

  async #thinAll(): Promise<void> {
    const { machine, clock } = this.#parts
    for (const share of shares) {
      if (share < 1) {
        if (!(await this.#isScarce())) return
        machine.logger.error(
          { share },
          'the disk is nearly full: history is shortened to this share of its window',
        )
      }
      for (const family of await readdir(machine.layout.history)) {
        if (this.#closed) return
        await this.thin(family, share)
        if (share === 1) await this.#checkOne(family)
        await clock.sleep(thinPauseMs)
      }
    }
  }

  /** Reads the pages of the snapshot of a family that was longest not read, if it is due: disks forget. */
  async #checkOne(family: string): Promise<void> {
    const { history, clock } = this.#parts
    const due = clock.now() - this.#pace.checkEveryMs
    const all = [...(await history.kept(family)).snapshots.values()].flat()
    const last = (snapshot: KeptSnapshot): number => Date.parse(snapshot.checkedAt ?? snapshot.time)
    const [oldest] = all
      .filter(snapshot => snapshot.damage === undefined && last(snapshot) < due)
      .sort((a, b) => last(a) - last(b))
    if (oldest) await history.verifySnapshot({ family, lineage: oldest.lineage }, oldest)
  }

  /** Ends its own work; what is left waits for the next engine. */
  async close(): Promise<void> {
    this.#closed = true
    this.#thinTimer?.cancel()
    for (const timer of this.#thinSoon.values()) timer.cancel()
    this.#parts.data.readers.close()
    await Promise.all([...this.#watched.keys()].map(id => this.unwatch(id)))
    await Promise.all(this.#work)
  }
}
