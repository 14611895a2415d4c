// Tells control when bytes last flowed: at most once a second, and only when there is news.

import type { ActivityReport } from '../../contract/control-plane.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Activity } from '../ports.ts'
import type { ControlHttp } from './control-http.ts'

interface Entry {
  sessions: number
  lastMs: number
  news: boolean
}

const intervalMs = 1_000
const timeoutMs = 5_000

export class ActivityReporter implements Activity {
  readonly #http: ControlHttp
  readonly #proxyName: string
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #endpoints = new Map<string, Entry>()
  #timer: Timer | null = null
  #sending: Promise<void> | null = null
  #stopped = false

  constructor(http: ControlHttp, proxyName: string, clock: Clock, logger: Logger) {
    this.#http = http
    this.#proxyName = proxyName
    this.#clock = clock
    this.#logger = logger
  }

  opened(endpointId: string): void {
    const entry = this.#endpoints.get(endpointId)
    if (entry) entry.sessions++
    else this.#endpoints.set(endpointId, { sessions: 1, lastMs: 0, news: false })
    this.touched(endpointId)
  }

  touched(endpointId: string): void {
    const entry = this.#endpoints.get(endpointId)
    if (!entry) return
    entry.lastMs = this.#clock.now()
    entry.news = true
    if (!this.#timer) this.#arm()
  }

  closed(endpointId: string): void {
    const entry = this.#endpoints.get(endpointId)
    if (!entry) return
    entry.sessions--
    this.touched(endpointId)
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
    const now = this.#clock.now()
    const told: [string, Entry][] = []
    const report: ActivityReport = { proxy: this.#proxyName, endpoints: [] }
    for (const [endpointId, entry] of this.#endpoints) {
      if (!entry.news) continue
      entry.news = false
      told.push([endpointId, entry])
      report.endpoints.push({
        endpoint_id: endpointId,
        sessions: entry.sessions,
        quiet_ms: Math.max(0, now - entry.lastMs),
      })
    }
    if (told.length === 0) return
    try {
      await this.#http.ask({ method: 'POST', path: '/activity', body: report, timeoutMs })
      for (const [endpointId, entry] of told)
        if (entry.sessions === 0 && !entry.news) this.#endpoints.delete(endpointId)
    } catch (error) {
      this.#logger.debug({ err: error }, 'activity could not be reported')
      for (const [, entry] of told) entry.news = true
      if (!this.#timer) this.#arm()
    }
  }

  /** Sends what is left, so that a proxy's end does not look like a compute's rest. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#sending
    await this.#send()
  }
}
