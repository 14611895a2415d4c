// Lineages: unbroken lines of WAL. Each piece of data writes one; a branch begins a lineage of its own where it parts from
// another, and so does a branch that is restored. What is kept of a lineage lies apart from the data that wrote it, because
// it outlives that: a child's window may reach back behind its branch point.
//
//   history/<family>/                     everything that descends from one cluster
//     members/<data id>                   an empty file for each piece of data that may need something of it
//     <lineage>/lineage.json              where it began
//     <lineage>/wal/<segment>.<crc>       its WAL, as soon as a segment is full
//     <lineage>/snapshots/<id>/           pgdata without WAL, snapshot.json

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDirectory, readJsonIfThere, replaceFile, replaceFileAtOnce } from '../files.ts'
import { formatLsn, type Lsn, parseLsn, segmentStart } from './lsn.ts'

export interface Lineage {
  id: string
  family: string
  /** What came before: another lineage up to an LSN, or a template cluster; null where there is nothing. */
  origin: { lineage: string; lsn: string } | { template: string } | null
  startedAt: string
  startLsn: string
  /** Of its segments. */
  timeline: number
  /** WAL that is not kept any more, or never was. Apart from each other, in order. */
  gaps?: Gap[]
}

/** Whole segments, from an LSN up to before another. */
export interface Gap {
  from: string
  upTo: string
}

/** The lineage without these segments. */
export function withoutSegments(lineage: Lineage, segments: bigint[]): Lineage {
  const gaps = [
    ...(lineage.gaps ?? []).map(({ from, upTo }) => ({ from: parseLsn(from), upTo: parseLsn(upTo) })),
    ...segments.map(segment => ({ from: segmentStart(segment), upTo: segmentStart(segment + 1n) })),
  ].sort((a, b) => (a.from < b.from ? -1 : 1))
  const merged: typeof gaps = []
  for (const gap of gaps) {
    const last = merged.at(-1)
    if (!last || gap.from > last.upTo) merged.push({ ...gap })
    else if (gap.upTo > last.upTo) last.upTo = gap.upTo
  }
  return {
    ...lineage,
    gaps: merged.map(({ from, upTo }) => ({ from: formatLsn(from), upTo: formatLsn(upTo) })),
  }
}

/** Whether something is missing between two places; null: all that follows. */
export function hasGap({ gaps = [] }: Lineage, from: Lsn, upTo: Lsn | null): boolean {
  return gaps.some(gap => parseLsn(gap.upTo) > from && (upTo === null || parseLsn(gap.from) < upTo))
}

export function newLineageId(): string {
  return `ln-${randomBytes(6).toString('hex')}`
}

/** The paths of one family. */
export class Family {
  readonly directory: string

  /** `history`: the directory of all families. */
  constructor(history: string, id: string) {
    this.directory = join(history, id)
  }

  lineageDir(lineage: string): string {
    return join(this.directory, lineage)
  }

  walDir(lineage: string): string {
    return join(this.lineageDir(lineage), 'wal')
  }

  snapshotsDir(lineage: string): string {
    return join(this.lineageDir(lineage), 'snapshots')
  }

  get membersDir(): string {
    return join(this.directory, 'members')
  }

  async members(): Promise<string[]> {
    return await readdir(this.membersDir).catch(() => [])
  }

  async lineages(): Promise<Lineage[]> {
    const names = (await readdir(this.directory).catch(() => [])).filter(name => name.startsWith('ln-'))
    const read = await Promise.all(names.map(name => this.lineage(name)))
    return read.filter(lineage => lineage !== null)
  }

  async lineage(id: string): Promise<Lineage | null> {
    return await readJsonIfThere<Lineage>(join(this.lineageDir(id), 'lineage.json'))
  }

  /** Before the data appears that writes it. The caller flushes. */
  async add(lineage: Lineage): Promise<void> {
    for (const path of [this.directory, this.membersDir, this.lineageDir(lineage.id)]) {
      await ensureDirectory(path, 0o711)
    }
    await ensureDirectory(this.walDir(lineage.id), 0o711)
    await ensureDirectory(this.snapshotsDir(lineage.id), 0o711)
    await replaceFile(join(this.lineageDir(lineage.id), 'lineage.json'), JSON.stringify(lineage))
  }

  /**
   * Notes what will not be kept, or no longer: before it goes. At once, so that nobody else's change comes in between; a
   * loss of power may forget it, and then a moment in there is refused as damaged instead of too old.
   */
  forget(id: string, segments: bigint[]): void {
    if (segments.length === 0) return
    const file = join(this.lineageDir(id), 'lineage.json')
    const lineage = JSON.parse(readFileSync(file, 'utf8')) as Lineage
    replaceFileAtOnce(file, JSON.stringify(withoutSegments(lineage, segments)))
  }

  async join(dataId: string): Promise<void> {
    await ensureDirectory(this.membersDir, 0o711)
    await writeFile(join(this.membersDir, dataId), '')
  }
}
