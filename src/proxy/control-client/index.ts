// What the proxy knows of control: Access, Wake and Activity over HTTP on control's Unix socket, with caches in front.

import type { Change } from '../../contract/control-plane.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Access, Activity, Wake } from '../ports.ts'
import { AccessCache } from './access-cache.ts'
import { ActivityReporter } from './activity-reporter.ts'
import { ChangesListener } from './changes.ts'
import { ControlHttp } from './control-http.ts'
import { WakeCache } from './wake-cache.ts'

export interface ControlClientOptions {
  socketPath: string
  /** Names this process's reports; new at every start. */
  proxyName: string
  clock: Clock
  logger: Logger
}

export class ControlClient {
  readonly access: Access
  readonly wake: Wake
  readonly activity: Activity
  readonly #access: AccessCache
  readonly #wake: WakeCache
  readonly #activity: ActivityReporter
  readonly #changes: ChangesListener
  readonly #http: ControlHttp

  constructor({ socketPath, proxyName, clock, logger }: ControlClientOptions) {
    this.#http = new ControlHttp(socketPath, clock)
    this.access = this.#access = new AccessCache(this.#http, clock)
    this.wake = this.#wake = new WakeCache(this.#http, clock)
    this.activity = this.#activity = new ActivityReporter(this.#http, proxyName, clock, logger)
    this.#changes = new ChangesListener(this.#http, clock, logger, change => this.#apply(change))
  }

  start(): void {
    this.#changes.start()
  }

  #apply(change: Change): void {
    switch (change.change) {
      case 'hello':
        this.#access.dropAll()
        this.#wake.dropAll()
        this.#activity.everythingIsNews()
        break
      case 'access':
        this.#access.drop(change.endpoint_id)
        break
      case 'compute':
        this.#wake.drop(change.endpoint_id)
        break
    }
  }

  async stop(): Promise<void> {
    this.#changes.stop()
    await this.#activity.stop()
    this.#http.close()
  }
}
