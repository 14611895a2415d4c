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
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDirectory, readJsonIfThere, replaceFile } from '../files.ts'

export interface Lineage {
  id: string
  family: string
  /** What came before: another lineage up to an LSN, or a template cluster; null where there is nothing. */
  origin: { lineage: string; lsn: string } | { template: string } | null
  startedAt: string
  startLsn: string
  /** Of its segments. */
  timeline: number
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

  async join(dataId: string): Promise<void> {
    await ensureDirectory(this.membersDir, 0o711)
    await writeFile(join(this.membersDir, dataId), '')
  }
}
