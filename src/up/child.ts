// One process below `up`, kept running: started again when it ends, with growing pauses if it keeps ending.

import { type ChildProcess, fork } from 'node:child_process'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import type { FromChild, ToChild } from './messages.ts'
import type { StopOrder } from './role.ts'

const firstPauseMs = 100
const longestPauseMs = 5000
/** A process that ran for so long before it ended is started again at once. */
const steadyMs = 10_000
/** Beyond a stop order's own grace: then the process is killed. */
const killAfterMs = 20_000

export interface ChildOptions<Start> {
  name: string
  script: URL
  start: Start
  logger: Logger
  clock: Clock
}

export class Child<Start> {
  readonly #options: ChildOptions<Start>
  #process: ChildProcess | undefined
  #pauseMs = firstPauseMs
  #stopping = false
  #restart: Promise<void> | undefined

  constructor(options: ChildOptions<Start>) {
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Resolves when it is ready; rejects if it says that it cannot. After that it is kept running. */
  async start(): Promise<void> {
    await this.#launch()
  }

  async #launch(): Promise<void> {
    const { name, script, start, logger, clock } = this.#options
    const startedAt = clock.now()
    const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: process.execArgv })
    this.#process = child
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
    let wasReady = false
    let reason = ''
    child.on('message', (message: FromChild) => {
      if ('ready' in message) {
        wasReady = true
        resolve()
      } else {
        reason = message.failed
      }
    })
    child.on('error', error => {
      reason = error.message
    })
    child.on('exit', (code, signal) => {
      if (this.#process === child) this.#process = undefined
      reject(new Error(`${name} did not start: ${reason || `exit ${code ?? signal}`}`))
      if (this.#stopping || !wasReady) return
      logger.warn({ process: name, code, signal }, 'process ended; it is started again')
      if (clock.now() - startedAt > steadyMs) this.#pauseMs = firstPauseMs
      this.#restart = this.#startAgain()
    })
    const message: ToChild<Start> = { start }
    child.send(message)
    await ready
    logger.info({ process: name, pid: child.pid, tookMs: clock.now() - startedAt }, 'process ready')
  }

  async #startAgain(): Promise<void> {
    while (!this.#stopping) {
      await this.#options.clock.sleep(this.#pauseMs)
      this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
      if (this.#stopping) return
      try {
        return await this.#launch()
      } catch (error) {
        this.#options.logger.error(
          { process: this.#options.name, err: error },
          'process could not be started again',
        )
      }
    }
  }

  /** Resolves when the process is gone. */
  async stop(order: StopOrder): Promise<void> {
    this.#stopping = true
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
    const message: ToChild<Start> = { stop: order }
    child.send(message, () => {})
    const kill = this.#options.clock.after(order.graceMs + killAfterMs, () => child.kill('SIGKILL'))
    await gone
    kill.cancel()
    await this.#restart
  }
}
