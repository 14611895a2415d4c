// What has changed, for pages of the console to read it anew: told to every page that listens, within moments of the
// commit. What is written tells itself (catalog/written.ts); how busy computes are only their proxies tell.

import * as apiKeys from '../../catalog/api-keys.ts'
import type { Endpoint } from '../../catalog/endpoints.ts'
import type { Written } from '../../catalog/written.ts'
import { type NewsNoun, newsBeatMs } from '../../contract/console-events.ts'
import type { ActivityReport } from '../../contract/control-plane.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { Timer } from '../../lib/clock.ts'
import type { Parts } from '../parts.ts'
import { NewsStream } from './news-stream.ts'
import { RecentNews } from './recent-news.ts'

export class NewsDesk {
  readonly #parts: Parts
  readonly #streams = new Set<NewsStream>()
  readonly #recent: RecentNews
  /** Of computes that run, their projects. */
  readonly #projectOf = new Map<string, string>()
  readonly #unsubscribe: () => void
  #beating: Timer | undefined
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#recent = new RecentNews(parts.clock)
    this.#unsubscribe = parts.catalog.onWritten(written => this.#written(written))
  }

  /**
   * From now on everything is told to the stream, until `leave` is called or it ends: with its session, or with this
   * process. `projectId` null: of all projects. Throws console_streams_limit, control_stopping.
   */
  listen(keyId: number, projectId: string | null): NewsStream {
    if (this.#closed) throw new PilotlightError('control_stopping')
    const ofSession = [...this.#streams].filter(stream => stream.keyId === keyId).length
    if (ofSession >= limits.consoleStreamsPerSession || this.#streams.size >= limits.consoleStreams) {
      throw new PilotlightError('console_streams_limit', { limit: limits.consoleStreamsPerSession })
    }
    const stream = new NewsStream(this.#parts.clock, keyId, projectId)
    this.#streams.add(stream)
    for (const { noun, projectId: of } of this.#recent.list()) stream.tell(noun, of)
    if (!this.#beating) this.#arm()
    return stream
  }

  leave(stream: NewsStream): void {
    stream.end()
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    this.#beating?.cancel()
    this.#beating = undefined
  }

  running(endpoint: Endpoint): void {
    if (!endpoint.internal) this.#projectOf.set(endpoint.id, endpoint.project_id)
  }

  stopped(endpointId: string): void {
    this.#projectOf.delete(endpointId)
  }

  activity({ endpoints }: ActivityReport): void {
    for (const { endpoint_id } of endpoints) {
      const projectId = this.#projectOf.get(endpoint_id)
      if (projectId === undefined) continue
      this.#tell('activity', projectId)
    }
  }

  /** How many pages listen. */
  get listeners(): number {
    return this.#streams.size
  }

  /** Ends all streams: a server that closes waits for what is under way. */
  close(): void {
    this.#closed = true
    this.#unsubscribe()
    for (const stream of [...this.#streams]) this.leave(stream)
  }

  #written({ table, projectId }: Written): void {
    if (table === 'api_keys') void this.#endSessionless()
    else this.#tell(table, projectId)
  }

  #tell(noun: NewsNoun, projectId: string | null): void {
    this.#recent.note(noun, projectId)
    for (const stream of this.#streams) stream.tell(noun, projectId)
  }

  #arm(): void {
    this.#beating = this.#parts.clock.after(newsBeatMs, () => {
      this.#arm()
      for (const stream of this.#streams) stream.beat()
      // Sessions end by themselves, too.
      void this.#endSessionless()
    })
  }

  /** Those whose session has ended: signed out, run out, or gone with the key that opened it. */
  async #endSessionless(): Promise<void> {
    const { catalog, clock, logger } = this.#parts
    // Whoever comes while the catalog answers is not of those that it was asked about.
    const streams = [...this.#streams]
    try {
      const ids = [...new Set(streams.map(({ keyId }) => keyId))]
      const valid = await apiKeys.whichHold(catalog.db, ids, new Date(clock.now()))
      for (const stream of streams) if (!valid.has(stream.keyId)) this.leave(stream)
    } catch (error) {
      logger.warn({ err: error }, 'sessions of open pages not looked at; they are at the next beat')
    }
  }
}
