// Who wrote what: told to listeners in this process, once it is committed. Triggers (migration 0009) say it to the very
// connection that writes, so that no writer of ours can forget to, whatever code it is; and say it by a message of the
// protocol rather than by NOTIFY, whose commits come one after the other.

import type pg from 'pg'

/** Tables of which each row that is written is told; of `api_keys` those that are removed. */
const toldTables = [
  'projects',
  'branches',
  'endpoints',
  'operations',
  'snapshots',
  'roles',
  'databases',
  'api_keys',
] as const
export type ToldTable = (typeof toldTables)[number]

export interface Written {
  table: ToldTable
  /** Null: of which project is not known any more. */
  projectId: string | null
}

export type WrittenListener = (written: Written) => void

/** Of a connection that wants to be told. */
export const writtenSetting = '-c pilotlight.written=on'

/** The SQLSTATE of the triggers' messages. */
const sqlstate = 'PLWRT'

export class WrittenFeed {
  readonly #listeners = new Set<WrittenListener>()
  /** By connection, what its open transaction has written so far. */
  readonly #uncommitted = new WeakMap<pg.PoolClient, Set<string>>()

  /** The listener is told of everything that is committed from now on, until the returned function is called. */
  subscribe(listener: WrittenListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hears what connections of this pool write. Before the first of them is made. */
  attach(pool: pg.Pool): void {
    pool.on('connect', client => {
      client.on('notice', ({ code, message }) => {
        if (code === sqlstate && message !== undefined) this.#note(client, message)
      })
    })
    // A transaction holds its connection to its end. What is told of one that was rolled back costs a reader a look.
    pool.on('release', (_, client) => this.#tell(client))
    pool.on('remove', client => this.#tell(client))
  }

  #note(client: pg.PoolClient, message: string): void {
    const messages = this.#uncommitted.get(client)
    if (messages) messages.add(message)
    else this.#uncommitted.set(client, new Set([message]))
  }

  #tell(client: pg.PoolClient): void {
    const messages = this.#uncommitted.get(client)
    if (!messages) return
    this.#uncommitted.delete(client)
    for (const message of messages) {
      const written = read(message)
      if (written) for (const listener of this.#listeners) listener(written)
    }
  }
}

function read(message: string): Written | undefined {
  const [name, project = '*'] = message.split(' ')
  const table = toldTables.find(one => one === name)
  return table && { table, projectId: project === '*' ? null : project }
}
