// What is kept so that past moments can be opened: WAL and snapshots, by lineage. Who writes them and when is decided in
// branch-data.ts; how a moment is reached, in moments.ts.

import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../lib/clock.ts'
import type { Logger } from '../../../lib/logger.ts'
import { EngineError } from '../../engine.ts'
import { chownTo } from '../files.ts'
import type { PostgresUser } from '../postgres-user.ts'
import type { Spawn } from '../run.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { sweep } from '../storage/sweep.ts'
import { readControlFile } from './control-file.ts'
import { Family, type Lineage } from './lineage.ts'
import {
  formatLsn,
  historyName,
  isHistoryName,
  type Lsn,
  lastLsn,
  parseLsn,
  parseSegmentName,
  segmentBytes,
  segmentName,
  segmentOf,
  segmentStart,
} from './lsn.ts'
import { firstDamaged } from './manifest.ts'
import {
  isNeeded,
  type Kept,
  type KeptSnapshot,
  type Member,
  microseconds,
  needed,
  type Plan,
  planMoment,
  type Stretch,
  type Target,
} from './moments.ts'
import { checkPagesAside } from './page-check-worker.ts'
import { Pins } from './pins.ts'
import { Snapshots } from './snapshots.ts'
import { type KeptFile, verifyKept, WalArchive } from './wal-archive.ts'
import { hasBegun } from './wal-page.ts'

export interface HistoryParts {
  directory: string
  driver: StorageDriver
  spawn: Spawn
  user: PostgresUser
  clock: Clock
  logger: Logger
  /** pgdata of a template; null where there is none of that name any more. */
  templatePgdata(template: string): Promise<string | null>
}

/** What a piece of data says of itself here. */
export interface Writer {
  family: string
  lineage: string
  windowSeconds: number
  pgdata: string
}

/** A replay that a cluster has before it. */
export interface Recovery {
  /** Null: to the end of its WAL. */
  target: Target | null
  /** The timeline that it replays; it then goes on with the next one. */
  timeline: number
  /** Where its WAL ends, if it may run out of it before the target; a replay that ends earlier has met damaged WAL. */
  mayEndAt: string | null
  /** It ran out, and now replays whatever there is. */
  ranOut?: boolean
}

/** Where the WAL of the lineage ends that holds the moment; marked: with a commit of now. */
export interface WrittenEnd {
  lsn: Lsn
  isMarked: boolean
}

interface WalFile {
  name: string
  path: string
  /** Null: it lies in the pg_wal of its writer. */
  kept: KeptFile | null
}

export class History {
  readonly pins = new Pins()
  readonly #parts: HistoryParts

  constructor(parts: HistoryParts) {
    this.#parts = parts
  }

  family(id: string): Family {
    return new Family(this.#parts.directory, id)
  }

  archive({ family, lineage }: Pick<Writer, 'family' | 'lineage'>): WalArchive {
    return new WalArchive(this.family(family).walDir(lineage), this.#parts.driver)
  }

  snapshots({ family, lineage }: Pick<Writer, 'family' | 'lineage'>): Snapshots {
    const { driver, spawn } = this.#parts
    return new Snapshots(this.family(family).snapshotsDir(lineage), lineage, driver, spawn)
  }

  async kept(familyId: string): Promise<Kept> {
    return await this.#keptOf(familyId, await this.family(familyId).lineages())
  }

  async #keptOf(family: string, list: Lineage[]): Promise<Kept> {
    const lineages = new Map<string, Lineage>()
    const snapshots = new Map<string, KeptSnapshot[]>()
    const templates = new Set<string>()
    for (const lineage of list) {
      lineages.set(lineage.id, lineage)
      snapshots.set(lineage.id, await this.snapshots({ family, lineage: lineage.id }).list())
      const template = lineage.origin && 'template' in lineage.origin ? lineage.origin.template : null
      if (template && (await this.#parts.templatePgdata(template))) templates.add(template)
    }
    return { lineages, snapshots, hasTemplate: template => templates.has(template) }
  }

  /**
   * Keeps the segments that Postgres has finished, and tells it so: `<segment>.ready` becomes `.done` (manual, "Setting Up
   * WAL Archiving"; archive_command is empty, so nobody else does). Until then Postgres keeps them itself, however long
   * we are away. Safe to repeat after a crash at any line. Returns how many were kept.
   */
  async keepFinished(writer: Writer): Promise<number> {
    const statusDir = join(writer.pgdata, 'pg_wal', 'archive_status')
    const ready = (await readdir(statusDir).catch(() => []))
      .filter(name => name.endsWith('.ready'))
      .map(name => name.slice(0, -'.ready'.length))
      .sort()
    if (ready.length === 0) return 0
    const family = this.family(writer.family)
    const lineage = await family.lineage(writer.lineage)
    const own = lineage ? ready.filter(name => belongsTo(lineage, name)) : []
    const keeps = writer.windowSeconds > 0
    if (!keeps) {
      // A copy that is being made may need them, and finds them here only.
      if (this.pins.isRead(writer.family)) return 0
      family.forget(writer.lineage, segmentsAmong(own))
    }
    for (const name of ready) {
      if (keeps && own.includes(name)) {
        await this.archive(writer).keep(join(writer.pgdata, 'pg_wal', name), name)
      }
      await rename(join(statusDir, `${name}.ready`), join(statusDir, `${name}.done`))
    }
    return keeps ? own.length : 0
  }

  /** Keeps all WAL of a cluster that does not run, the last, unfilled segment too: its data is about to go. */
  async seal(writer: Writer): Promise<void> {
    const family = this.family(writer.family)
    const lineage = await family.lineage(writer.lineage)
    if (!lineage) return
    const archive = this.archive(writer)
    const written = await writtenWal(lineage, writer.pgdata)
    if (writer.windowSeconds > 0) {
      for (const { name, path } of written) await archive.keep(path, name)
      return
    }
    const kept = new Set((await archive.list()).map(({ name }) => name))
    family.forget(lineage.id, segmentsAmong(written.map(({ name }) => name).filter(name => !kept.has(name))))
  }

  /** Whether what this lineage writes now can be reached from something that is kept. */
  async isRooted({ family, lineage }: Pick<Writer, 'family' | 'lineage'>): Promise<boolean> {
    const kept = await this.#keptOf(family, await this.#line(family, lineage))
    const own = kept.lineages.get(lineage)
    if (!own) return false
    const era = { lineage, from: { lsn: own.startLsn, time: own.startedAt } }
    return planMoment(kept, [era], { lsn: formatLsn(lastLsn) }) !== null
  }

  /** A lineage, and those that it came from. */
  async #line(family: string, id: string): Promise<Lineage[]> {
    const line: Lineage[] = []
    for (let next: string | null = id; next !== null; ) {
      const lineage: Lineage | null = await this.family(family).lineage(next)
      if (lineage) line.push(lineage)
      next = lineage?.origin && 'lineage' in lineage.origin ? lineage.origin.lineage : null
    }
    return line
  }

  /**
   * A cluster at `pgdata` that will, when started, replay up to the moment of the plan. `writerOf` finds the cluster that
   * writes a lineage now. `end`: where that one's WAL ends; null: that is not known, or nobody writes it any more.
   * Throws `internal` where kept WAL is missing or damaged.
   */
  async open(
    familyId: string,
    plan: Plan,
    target: Target,
    pgdata: string,
    live: { writerOf(lineage: string): string | null; end: WrittenEnd | null },
    signal?: AbortSignal,
  ): Promise<Recovery> {
    const { driver, user } = this.#parts
    const from =
      'template' in plan.base
        ? await this.#parts.templatePgdata(plan.base.template)
        : this.snapshots({ family: familyId, lineage: plan.base.snapshot.lineage }).pgdataOf(
            plan.base.snapshot.id,
          )
    if (!from) throw new EngineError('internal', 'the template that this history begins with is gone')
    const redo =
      'template' in plan.base ? (await readControlFile(from)).redo : parseLsn(plan.base.snapshot.redo)
    const clone = driver.cloneCluster(from, pgdata, { owner: user, ...(signal ? { signal } : {}) })
    // Its failure is heard below, and must not be nobody's until then.
    clone.catch(() => {})
    let files: WalFile[]
    try {
      if ('snapshot' in plan.base) await this.#checkManifest(familyId, plan.base.snapshot, from)
      files = await this.#walFor(familyId, plan, target, redo, live.writerOf)
    } finally {
      // Whoever removes what is there must not race with it.
      await clone.catch(() => {})
    }
    await clone
    await Promise.all(
      files.map(async ({ name, path, kept }) => {
        const to = join(pgdata, 'pg_wal', name)
        // What its writer may go on writing to is no file to link to.
        await (kept ? driver.keepFile(path, to) : driver.cloneFile(path, to))
        await chownTo(to, user)
      }),
    )
    const signalFile = join(pgdata, 'recovery.signal')
    await writeFile(signalFile, '', { mode: 0o600 })
    await chownTo(signalFile, user)
    const { timeline } = plan.wal.at(-1)!
    return { target, timeline, mayEndAt: mayEndAt(files, live.end, redo) }
  }

  /** Throws SnapshotDamaged, after noting it: the next plan begins with another snapshot. */
  async #checkManifest(family: string, snapshot: KeptSnapshot, pgdata: string): Promise<void> {
    const file = snapshot.manifest ? await firstDamaged(pgdata, snapshot.manifest) : null
    if (file === null) return
    const damage = `${file} is not what it was`
    await this.snapshots({ family, lineage: snapshot.lineage }).note(snapshot, { damage })
    this.#parts.logger.error(
      { snapshot: snapshot.id, lineage: snapshot.lineage },
      `snapshot damaged: ${damage}`,
    )
    throw new SnapshotDamaged(`snapshot ${snapshot.id} is damaged: ${damage}`)
  }

  /** Reads all that is kept of a lineage; says, and notes, what is damaged. */
  async verify(writer: Pick<Writer, 'family' | 'lineage'>): Promise<{ bytes: number; damage: string[] }> {
    const result = { bytes: 0, damage: [] as string[] }
    for (const file of await this.archive(writer).list()) {
      try {
        await verifyKept(file)
        result.bytes += segmentBytes
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        result.damage.push(error.message)
      }
    }
    for (const snapshot of await this.snapshots(writer).list()) {
      const { bytes, damage } = await this.verifySnapshot(writer, snapshot)
      result.bytes += bytes
      if (damage) result.damage.push(`snapshot ${snapshot.id}: ${damage}`)
    }
    return result
  }

  /** Reads every page of a snapshot. */
  async verifySnapshot(
    writer: Pick<Writer, 'family' | 'lineage'>,
    snapshot: KeptSnapshot,
  ): Promise<{ bytes: number; damage: string | null }> {
    const { clock, logger } = this.#parts
    const snapshots = this.snapshots(writer)
    return await this.pins.read(writer.family, async () => {
      const pgdata = snapshots.pgdataOf(snapshot.id)
      const file = snapshot.manifest ? await firstDamaged(pgdata, snapshot.manifest) : null
      const pages = await checkPagesAside(pgdata, snapshot.isFuzzy ? parseLsn(snapshot.redo) : null)
      const damage = [...(file ? [`${file} is not what it was`] : []), ...pages.damage].join(', ') || null
      const checkedAt = new Date(clock.now()).toISOString()
      await snapshots.note(snapshot, damage ? { damage, checkedAt } : { checkedAt })
      if (damage) logger.error({ snapshot: snapshot.id, ...writer }, `snapshot damaged: ${damage}`)
      return { bytes: pages.bytes, damage }
    })
  }

  /** The segments of the plan, verified, without a gap; where two lineages share a segment, the later one's. */
  async #walFor(
    familyId: string,
    plan: Plan,
    target: Target,
    redo: Lsn,
    writerOf: (lineage: string) => string | null,
  ): Promise<WalFile[]> {
    const family = this.family(familyId)
    const kept = await this.kept(familyId)
    const files = new Map<string, WalFile>()
    for (const [index, stretch] of plan.wal.entries()) {
      const isLast = index === plan.wal.length - 1
      const upTo = isLast ? upperBound(stretch, target, kept) : segmentOf(stretch.upTo!)
      const lineage = await family.lineage(stretch.lineage)
      if (!lineage) throw new EngineError('internal', `lineage ${stretch.lineage} is gone from the history`)
      const all = await this.#allWal(familyId, lineage, writerOf(stretch.lineage))
      // A lineage on the same timeline begins inside of the segment that the one before it ended in.
      const first = segmentOf(index === 0 ? redo : parseLsn(lineage.startLsn))
      let next = first
      for (const file of all) {
        const segment = parseSegmentName(file.name)?.segment
        if (segment === undefined) {
          files.set(file.name, file)
          continue
        }
        if (segment < first || (upTo !== null && segment > upTo)) continue
        if (segment !== next) throw missing(stretch, next)
        files.set(file.name, file)
        next = segment + 1n
      }
      // The segment at a lineage's end is in the one that begins there, too.
      if (isLast ? next === first : next < upTo!) throw missing(stretch, next)
    }
    const list = [...files.values()]
    await Promise.all(list.map(({ kept }) => (kept ? verifyKept(kept) : undefined)))
    return list
  }

  /** What is kept, and what only the writer has so far. */
  async #allWal(family: string, lineage: Lineage, writerPgdata: string | null): Promise<WalFile[]> {
    const files = new Map<string, WalFile>()
    const live = writerPgdata ? await writtenWal(lineage, writerPgdata) : []
    // Read behind the other: what the writer gave away meanwhile is here by now. What is kept was verified.
    for (const kept of await this.archive({ family, lineage: lineage.id }).list()) {
      files.set(kept.name, { name: kept.name, path: kept.path, kept })
    }
    for (const [index, { name, path }] of live.entries()) {
      // The last one is still written to: if it was kept, then too early, by a removal that came to nothing.
      if (!files.has(name) || index === live.length - 1) files.set(name, { name, path, kept: null })
    }
    return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What is kept of a lineage takes on disk; blocks that its snapshots share with the branch are counted too. */
  async bytes({ family, lineage }: Pick<Writer, 'family' | 'lineage'>): Promise<number> {
    const [snapshots, wal] = await Promise.all([
      this.#parts.driver.usage([this.family(family).snapshotsDir(lineage)]),
      this.archive({ family, lineage }).bytes(),
    ])
    return (snapshots[0]?.exclusiveBytes ?? 0) + wal
  }

  /**
   * Removes what no window needs. `share` 1: of the windows as they are; less: of that part of them, for want of space.
   * False: somebody is reading; it is for another time.
   */
  async thin(
    familyId: string,
    spacing: Lsn,
    memberOf: (dataId: string) => Promise<(Member & { family: string }) | null>,
    share = 1,
  ): Promise<boolean> {
    return await this.pins.thin(familyId, async () => {
      const family = this.family(familyId)
      const members: Member[] = []
      for (const id of await family.members()) {
        const member = await memberOf(id)
        // Data of that name may have begun anew in another family.
        if (member?.family === familyId)
          members.push({ ...member, windowSeconds: Math.floor(member.windowSeconds * share) })
        else await rm(join(family.membersDir, id), { force: true })
      }
      if (members.length === 0) return await this.#parts.driver.removeTree(family.directory)
      await sweep(family.directory)
      const kept = await this.kept(familyId)
      const now = BigInt(this.#parts.clock.now()) * 1000n
      const { lineages } = needed(kept, members, now, spacing)
      for (const id of kept.lineages.keys()) {
        const need = lineages.get(id)
        if (!need) {
          await this.#parts.driver.removeTree(family.lineageDir(id))
          continue
        }
        const snapshots = this.snapshots({ family: familyId, lineage: id })
        await snapshots.sweep()
        for (const snapshot of kept.snapshots.get(id) ?? []) {
          if (!need.snapshots.has(snapshot.id)) await snapshots.remove(snapshot.id)
        }
        const archive = this.archive({ family: familyId, lineage: id })
        // History files are of some bytes, and say where a timeline parted from the one before.
        const going = (await archive.list()).flatMap(file => {
          const segment = parseSegmentName(file.name)?.segment
          return segment === undefined || isNeeded(need, segment) ? [] : [{ file, segment }]
        })
        family.forget(
          id,
          going.map(({ segment }) => segment),
        )
        await archive.remove(going.map(({ file }) => file))
      }
    })
  }
}

/** The plan cannot be carried out; another one may be. */
export class SnapshotDamaged extends EngineError {
  constructor(message: string) {
    super('internal', message)
    this.name = 'SnapshotDamaged'
  }
}

/**
 * Kept segments have been verified, and those that their writer has finished are whole, so a replay that comes into the last
 * one and finds no later commit is right. Of the segment that is being written, the end is known; or it has a commit.
 */
function mayEndAt(files: WalFile[], end: WrittenEnd | null, redo: Lsn): string | null {
  const segments = files.filter(({ name }) => parseSegmentName(name))
  const last = segments.reduce((a, b) => (a.name.slice(8) > b.name.slice(8) ? a : b))
  const { segment } = parseSegmentName(last.name)!
  const start = segmentStart(segment)
  const least = formatLsn(start > redo ? start : redo)
  // A crash has left no certain end.
  if (last.kept === null && end === null) return formatLsn(0n)
  if (last.kept !== null || segmentOf(end!.lsn - 1n) > segment) return least
  return end!.isMarked ? null : formatLsn(end!.lsn)
}

function segmentsAmong(names: string[]): bigint[] {
  return names.flatMap(name => parseSegmentName(name)?.segment ?? [])
}

/** Whether this file of a pg_wal is the lineage's own. */
function belongsTo(lineage: Lineage, name: string): boolean {
  if (isHistoryName(name)) return name === historyName(lineage.timeline)
  const id = parseSegmentName(name)
  return id?.timeline === lineage.timeline && id.segment >= segmentOf(parseLsn(lineage.startLsn))
}

/** The lineage's segments in the pg_wal of its writer, but for those that were only set aside for later. */
async function writtenWal(lineage: Lineage, pgdata: string): Promise<{ name: string; path: string }[]> {
  const directory = join(pgdata, 'pg_wal')
  const files: { name: string; path: string }[] = []
  for (const name of (await readdir(directory).catch(() => [])).sort()) {
    if (!belongsTo(lineage, name)) continue
    const path = join(directory, name)
    const id = parseSegmentName(name)
    // Removed by the server in this very moment: then it is kept already.
    const isWritten = id === null || (await hasBegun(path, id).catch(() => false))
    if (isWritten) files.push({ name, path })
  }
  return files
}

/**
 * The last segment that the replay may want. An LSN's record may go on in the segment behind. A time lies before the next
 * snapshot that begins after it, and the first commit behind it, by which the replay knows the end, mostly does too; the
 * replay goes to the end where there is none.
 */
function upperBound(stretch: Stretch, target: Target, kept: Kept): bigint | null {
  if ('lsn' in target) return segmentOf(parseLsn(target.lsn)) + 1n
  const next = (kept.snapshots.get(stretch.lineage) ?? []).find(
    ({ time }) => microseconds(time) > microseconds(target.time),
  )
  const bounds = [stretch.upTo, next ? parseLsn(next.lsn) : null].filter(lsn => lsn !== null)
  return bounds.length === 0 ? null : segmentOf(bounds.sort((a, b) => (a < b ? -1 : 1))[0]!) + 1n
}

function missing(stretch: Stretch, segment: bigint): EngineError {
  const name = segmentName(stretch.timeline, segment)
  return new EngineError('internal', `${name} is missing from the history of lineage ${stretch.lineage}`)
}
