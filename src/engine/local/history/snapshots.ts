// Copies of a cluster's files at earlier moments, from which a replay of WAL can begin. They hold no WAL of their own.

import { randomBytes } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDirectory, readJsonIfThere, replaceFile, syncDirectory } from '../files.ts'
import { stagingPrefix, trashPrefix } from '../layout.ts'
import type { Spawn } from '../run.ts'
import type { StorageDriver } from '../storage/driver.ts'
import { syncTree } from '../storage/durable.ts'
import { makeManifest } from './manifest.ts'
import type { KeptSnapshot } from './moments.ts'

export type SnapshotFacts = Omit<KeptSnapshot, 'id' | 'lineage'>

export class Snapshots {
  readonly #directory: string
  readonly #lineage: string
  readonly #driver: StorageDriver
  readonly #spawn: Spawn

  constructor(directory: string, lineage: string, driver: StorageDriver, spawn: Spawn) {
    this.#directory = directory
    this.#lineage = lineage
    this.#driver = driver
    this.#spawn = spawn
  }

  pgdataOf(id: string): string {
    return join(this.#directory, id, 'pgdata')
  }

  /** Oldest first. */
  async list(): Promise<KeptSnapshot[]> {
    const found: KeptSnapshot[] = []
    for (const id of await readdir(this.#directory).catch(() => [])) {
      if (id.startsWith('.')) continue
      const facts = await readJsonIfThere<SnapshotFacts>(join(this.#directory, id, 'snapshot.json'))
      if (facts) found.push({ ...facts, id, lineage: this.#lineage })
    }
    return found.sort((a, b) => (a.time < b.time ? -1 : 1))
  }

  /** `make` puts pgdata where it is told to, and says what it is. It is there as a whole and on disk, or not at all. */
  async add(make: (pgdata: string) => Promise<SnapshotFacts>): Promise<KeptSnapshot> {
    const id = `s-${randomBytes(6).toString('hex')}`
    const staging = join(this.#directory, `${stagingPrefix}${id}`)
    try {
      await ensureDirectory(staging, 0o711)
      const pgdata = join(staging, 'pgdata')
      const facts = { ...(await make(pgdata)), manifest: await makeManifest(pgdata) }
      await replaceFile(join(staging, 'snapshot.json'), JSON.stringify(facts))
      await syncTree(this.#spawn, staging)
      await rename(staging, join(this.#directory, id))
      await syncDirectory(this.#directory)
      return { ...facts, id, lineage: this.#lineage }
    } catch (error) {
      await this.#driver.removeTree(staging)
      throw error
    }
  }

  async remove(id: string): Promise<void> {
    await this.#driver.removeTree(join(this.#directory, id))
  }

  /** Noted for good: what is damaged is begun from no more. */
  async note(snapshot: KeptSnapshot, change: Pick<KeptSnapshot, 'damage' | 'checkedAt'>): Promise<void> {
    const { id, lineage: _, ...facts } = snapshot
    const file = join(this.#directory, id, 'snapshot.json')
    await replaceFile(file, JSON.stringify({ ...facts, ...change }), { durable: true })
  }

  /** What a crash left half-made or half-deleted. */
  async sweep(): Promise<string[]> {
    const leftovers = (await readdir(this.#directory).catch(() => [])).filter(
      name => name.startsWith(stagingPrefix) || name.startsWith(trashPrefix),
    )
    for (const name of leftovers) await this.#driver.removeTree(join(this.#directory, name))
    return leftovers
  }
}
