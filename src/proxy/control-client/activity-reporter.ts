// Tells control when bytes last flowed, and how many went to clients: at most once a second, and only when there is news.

import type { ActivityReport } from '../../contract/control-plane.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Activity } from '../ports.ts'
import type { ControlHttp } from './control-http.ts'

interface Entry {
  sessions: number
  lastMs: number
  /** Not yet told. */
  sentBytes: number
  news: boolean
}

interface Report {
  number: number
  about: { endpointId: string; entry: Entry; sentBytes: number }[]
}

const intervalMs = 1_000
const timeoutMs = 5_000

export class ActivityReporter implements Activity {
  readonly #http: ControlHttp
  readonly #proxyName: string
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #endpoints = new Map<string, Entry>()
  /** The report that control has not answered yet. Its bytes are sent again under its number, by which control knows it. */
  #unanswered: Report | null = null
  /** Never one of an earlier process of the same name. */
  #number: number
  #timer: Timer | null = null
  #sending: Promise<void> | null = null
  #stopped = false

  constructor(http: ControlHttp, proxyName: string, clock: Clock, logger: Logger) {
    this.#http = http
    this.#proxyName = proxyName
    this.#clock = clock
    this.#logger = logger
    this.#number = clock.now()
  }

  opened(endpointId: string): void {
    const entry = this.#endpoints.get(endpointId)
    if (entry) entry.sessions++
    else this.#endpoints.set(endpointId, { sessions: 1, lastMs: 0, sentBytes: 0, news: false })
    this.touched(endpointId)
  }

  touched(endpointId: string): void {
    const entry = this.#endpoints.get(endpointId)
    if (entry) this.#touch(entry)
  }

  sent(endpointId: string, bytes: number): void {
    const entry = this.#endpoints.get(endpointId)
    if (!entry) return
    entry.sentBytes += bytes
    this.#touch(entry)
  }

  #touch(entry: Entry): void {
    entry.lastMs = this.#clock.now()
    entry.news = true
    if (!this.#timer) this.#arm()
  }

  closed(endpointId: string): void {
    const entry = this.#endpoints.get(endpointId)
    if (!entry) return
    entry.sessions--
    this.#touch(entry)
  }

  /** A control that has just started knows nothing of the sessions that went on without it. */
  everythingIsNews(): void {
    for (const entry of this.#endpoints.values()) entry.news = true
    if (this.#endpoints.size > 0 && !this.#timer) this.#arm()
  }

  #arm(): void {
    if (this.#stopped) return
    this.#timer = this.#clock.after(intervalMs, () => {
      this.#timer = null
      this.#sending ??= this.#send().finally(() => {
        this.#sending = null
      })
    })
  }

  async #send(): Promise<void> {
    const report = this.#unanswered ?? this.#next()
    if (!report) return
    this.#unanswered = report
    const body = this.#write(report)
    try {
      await this.#http.ask({ method: 'POST', path: '/activity', body, timeoutMs })
    } catch (error) {
      this.#logger.debug({ err: error }, 'activity could not be reported')
      if (!this.#timer) this.#arm()
      return
    }
    this.#unanswered = null
    for (const { endpointId, entry } of report.about)
      if (entry.sessions === 0 && !entry.news) this.#endpoints.delete(endpointId)
    // What came while an old report was sent once more.
    if (!this.#timer && [...this.#endpoints.values()].some(({ news }) => news)) this.#arm()
  }

  #next(): Report | null {
    const about: Report['about'] = []
    for (const [endpointId, entry] of this.#endpoints) {
      if (!entry.news) continue
      about.push({ endpointId, entry, sentBytes: entry.sentBytes })
      entry.news = false
      entry.sentBytes = 0
    }
    return about.length > 0 ? { number: ++this.#number, about } : null
  }

  #write({ number, about }: Report): ActivityReport {
    const now = this.#clock.now()
    return {
      proxy: this.#proxyName,
      number,
      endpoints: about.map(({ endpointId, entry, sentBytes }) => ({
        endpoint_id: endpointId,
        sessions: entry.sessions,
        quiet_ms: Math.max(0, now - entry.lastMs),
        ...(sentBytes > 0 && { sent_bytes: sentBytes }),
      })),
    }
  }

  /** Sends what is left, so that a proxy's end does not look like a compute's rest. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#sending
    if (this.#unanswered) await this.#send()
    if (!this.#unanswered) await this.#send()
  }
}
