// One Postgres on one data directory: start, adopt, stop, and the word when it ends by itself.
//
// It outlives us: it is started detached, writes to a file, and is found again by its pid file. That it accepts sessions
// is heard from that file too (line 8 becomes `ready`): the postmaster writes the word after it has begun to accept, so
// no connection has to be tried, and the first one succeeds.

import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, type FSWatcher, openSync, readFileSync, watch } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Timer } from '../../../lib/clock.ts'
import { type Deferred, deferred } from '../../../lib/deferred.ts'
import type { Logger } from '../../../lib/logger.ts'
import type { RetryPolicy } from '../../../lib/retry.ts'
import { EngineError } from '../../engine.ts'
import { errnoOf, isMissing } from '../errors.ts'
import { identity, type PostgresUser } from '../postgres-user.ts'
import { cleanEnvironment, type Spawn } from '../run.ts'
import { enterScript } from './cgroups.ts'
import { type Settings, socketPort } from './conf.ts'
import { lastLines, openLog, trimLog } from './log-file.ts'
import { type PidFile, parsePidFile } from './pid-file.ts'
import { isAlive, isPostmasterOf, processesIn } from './processes.ts'

export interface PostmasterPlace {
  pgdata: string
  binDir: string
  configFile: string
  socketDir: string
  logFile: string
  user: PostgresUser
}

export interface PostmasterParts {
  clock: Clock
  logger: Logger
  spawn: Spawn
}

interface StartOptions {
  /** Called where none runs, before the start. */
  prepare?: () => Promise<void>
  /** The cgroup.procs of the group that is to bound it. */
  group?: string | null
}

/** How it ended. `clean`: it stopped by itself or by us in good order, and the next start has nothing to redo. */
export interface PostmasterEnd {
  clean: boolean
  reason: string
  code: 'no_capacity' | 'invalid' | 'unavailable'
}

/** A change of the pid file that the kernel did not report is seen after this long. */
const readyFallbackMs = 200
/** How soon the end of an adopted process is noticed: it is nobody's child of ours. */
const livenessMs = 1_000
const logTrimMs = 60_000
/** A shutdown checkpoint of gigabytes takes time; what is longer than this is cut, and replayed at the next start. */
const fastStopMs = 60_000
const quitMs = 5_000
/** Backends that outlive their postmaster notice it within moments, unless they are in a long loop of their own. After
 * this they are killed: what they had committed is in the WAL, and the rest nobody was promised. */
const orphanMs = 1_000
const orphanGiveUpMs = 10_000

export class Postmaster {
  readonly place: PostmasterPlace
  readonly #parts: PostmasterParts
  readonly #onEnd: (end: PostmasterEnd) => void
  #pid: number | null = null
  #child: ChildProcess | null = null
  #ready: Deferred<void> | null = null
  #ended: Deferred<PostmasterEnd> | null = null
  #watcher: FSWatcher | null = null
  #timers: Timer[] = []
  #logOffset = 0
  #isReady = false

  /** `onEnd` is called once per start or adoption, whoever ended it. */
  constructor(place: PostmasterPlace, parts: PostmasterParts, onEnd: (end: PostmasterEnd) => void) {
    this.place = place
    this.#parts = parts
    this.#onEnd = onEnd
  }

  get pid(): number | null {
    return this.#pid
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Settles when sessions are accepted, or with an EngineError when it ended before that. */
  get ready(): Promise<void> {
    if (!this.#ready) return Promise.reject(new EngineError('internal', 'this Postgres was not started'))
    return this.#ready.promise
  }

  /** Takes over a postmaster that runs on this data directory already. False: there is none. */
  async adopt(): Promise<boolean> {
    const file = this.#readPidFile()
    if (!file || !(await isPostmasterOf(this.#parts.spawn, file.pid, this.place.pgdata))) return false
    if (file.socketDirectory !== null && file.socketDirectory !== this.place.socketDir) {
      throw new EngineError('conflict', `another compute (process ${file.pid}) runs on ${this.place.pgdata}`)
    }
    this.#begin(file.pid)
    this.#watchPidFile()
    this.#every(livenessMs, async () => {
      if (await this.#isStillThere(file.pid)) return
      await this.#finish({ code: null, signal: null })
    })
    this.#checkReady()
    return true
  }

  /**
   * Starts Postgres, or adopts the one that runs. Settles as soon as there is a process; then see `ready`. `settings` are
   * for this start only, and win over the configuration file.
   */
  async start(settings: Settings = {}, { prepare, group = null }: StartOptions = {}): Promise<void> {
    const { place } = this
    const leftover = this.#readPidFile()
    if (leftover) {
      if (await this.adopt()) return
      await this.#clearLeftover(leftover)
    }
    await prepare?.()
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const program = join(place.binDir, 'postgres')
    const args = ['-D', place.pgdata, '-c', `config_file=${place.configFile}`, ...options]
    const log = openLog(place.logFile)
    this.#logOffset = log.offset
    const procs = group === null ? null : openSync(group, 'w')
    try {
      this.#begin(null)
      this.#watchPidFile()
      const [command, words] =
        procs === null ? [program, args] : ['/bin/sh', ['-c', enterScript, 'sh', program, ...args]]
      const child = this.#parts.spawn(command, words, {
        cwd: '/',
        env: cleanEnvironment(),
        detached: true,
        stdio: ['ignore', log.fd, log.fd, ...(procs === null ? [] : [procs])],
        ...identity(place.user),
      })
      this.#child = child
      this.#pid = child.pid ?? null
      child.once('error', error => void this.#finish({ code: null, signal: null, error }))
      child.once('exit', (code, signal) => void this.#finish({ code, signal }))
      child.unref()
    } finally {
      closeSync(log.fd)
      if (procs !== null) closeSync(procs)
    }
    this.#checkReady()
  }

  /** Makes Postgres read its configuration again. */
  reload(): void {
    if (this.#pid !== null) kill(this.#pid, 'SIGHUP')
  }

  /**
   * Returns once nothing works on the data any more. `fast` ends sessions with 57P01 and writes a checkpoint; `immediate`
   * leaves the redo to the next start. What does not obey is told more plainly.
   */
  async stop(how: 'fast' | 'immediate'): Promise<void> {
    if (!this.#ended) {
      try {
        await this.adopt()
      } catch (error) {
        // Another compute's: not ours to stop.
        if (error instanceof EngineError && error.code === 'conflict') return
        throw error
      }
    }
    if (this.#ended && this.#pid !== null) {
      const ended = this.#ended.promise
      // A start lets the child go; who stops it waits for it.
      this.#child?.ref()
      const steps: [NodeJS.Signals, number][] = [
        ...(how === 'fast' ? ([['SIGINT', fastStopMs]] as [NodeJS.Signals, number][]) : []),
        ['SIGQUIT', quitMs],
        ['SIGKILL', quitMs],
      ]
      for (const [signal, patienceMs] of steps) {
        if (await this.#signalAndWait(signal, patienceMs, ended)) break
      }
      const end = await this.#within(ended, 1)
      if (!end) throw new EngineError('unavailable', `process ${this.#pid} does not end`)
      if (this.#child && end.clean) return
    }
    await this.#waitForOrphans()
  }

  /** Lets go: the process goes on, and its end is not reported any more. */
  release(): void {
    this.#unwatch()
    this.#ended = null
    this.#child?.removeAllListeners()
  }

  /** Linux tells for nothing whose pid it is; elsewhere that would cost a process a second. */
  async #isStillThere(pid: number): Promise<boolean> {
    if (process.platform !== 'linux') return await isAlive(pid)
    return await isPostmasterOf(this.#parts.spawn, pid, this.place.pgdata)
  }

  async #signalAndWait(
    signal: NodeJS.Signals,
    patienceMs: number,
    ended: Promise<PostmasterEnd>,
  ): Promise<boolean> {
    const pid = this.#pid!
    // A child's pid cannot be reused before we have reaped it; an adopted one's can.
    if (!this.#child && !(await isPostmasterOf(this.#parts.spawn, pid, this.place.pgdata))) {
      await this.#finish({ code: null, signal: null })
      return true
    }
    if (signal !== 'SIGINT') this.#parts.logger.warn({ pid, signal }, 'postgres is stopped the hard way')
    kill(pid, signal)
    const deadline = this.#parts.clock.now() + patienceMs
    if (this.#child) return (await this.#within(ended, patienceMs)) !== null
    while (this.#parts.clock.now() < deadline) {
      if (!(await isAlive(pid))) {
        await this.#finish({ code: null, signal: null })
        return true
      }
      await this.#parts.clock.sleep(5)
    }
    return false
  }

  async #within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
    const late = deferred<null>()
    const timer = this.#parts.clock.after(ms, () => late.resolve(null))
    try {
      return await Promise.race([promise, late.promise])
    } finally {
      timer.cancel()
    }
  }

  #begin(pid: number | null): void {
    this.#unwatch()
    this.#pid = pid
    this.#child = null
    this.#isReady = false
    this.#ready = deferred()
    // Nobody may be waiting when it fails.
    this.#ready.promise.catch(() => {})
    this.#ended = deferred()
    this.#every(logTrimMs, () => trimLog(this.place.logFile))
  }

  async #finish(exit: { code: number | null; signal: NodeJS.Signals | null; error?: Error }): Promise<void> {
    const ended = this.#ended
    if (!ended) return
    this.#ended = null
    this.#unwatch()
    const wasReady = this.#isReady
    this.#isReady = false
    const end = await this.#explain(exit).catch((error: Error): PostmasterEnd => {
      return { clean: false, reason: error.message, code: 'unavailable' }
    })
    this.#pid = null
    if (!wasReady) this.#ready?.reject(new EngineError(end.code, `postgres did not start: ${end.reason}`))
    ended.resolve(end)
    this.#onEnd(end)
  }

  async #explain(exit: {
    code: number | null
    signal: NodeJS.Signals | null
    error?: Error
  }): Promise<PostmasterEnd> {
    // The end of an adopted one has no code that we could read; that it removed its pid file says as much.
    const clean = exit.code === 0 || (!this.#child && !exit.error && this.#readPidFile() === null)
    if (clean) return { clean, reason: 'it was shut down', code: 'unavailable' }
    const lines = await lastLines(this.place.logFile, this.#logOffset)
    const how =
      exit.error?.message ?? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code ?? 'unknown'}`)
    const reason = [how, ...lines].join(' · ')
    if (/No space left|Disk quota/.test(reason)) return { clean, reason, code: 'no_capacity' }
    if (/configuration file .* contains errors|invalid value for parameter/.test(reason)) {
      return { clean, reason, code: 'invalid' }
    }
    return { clean, reason, code: 'unavailable' }
  }

  /** It keeps our process alive until it has been heard: a start is work under way. */
  #watchPidFile(): void {
    try {
      this.#watcher = watch(this.place.pgdata, { persistent: true }, (_event, name) => {
        if (name === 'postmaster.pid') this.#checkReady()
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch (error) {
      // The kernel's watches are used up (fs.inotify.max_user_watches): the timer hears it too, a little later.
      this.#parts.logger.warn({ err: error }, 'no watch on the data directory')
      this.#every(20, async () => this.#checkReady())
    }
    this.#every(readyFallbackMs, async () => this.#checkReady())
  }

  #checkReady(): void {
    if (this.#isReady || this.#pid === null || !this.#ended) return
    let file: PidFile | null = null
    try {
      file = this.#readPidFile()
    } catch {
      return
    }
    // `standby` says only that a replay is under way; a hot standby that accepts sessions says `ready`.
    if (file?.pid !== this.#pid || file.status !== 'ready') return
    this.#isReady = true
    this.#watcher?.close()
    this.#watcher = null
    this.#ready?.resolve()
  }

  /** A read of 100 bytes from the page cache: quicker than a turn through the thread pool. */
  #readPidFile(): PidFile | null {
    const file = join(this.place.pgdata, 'postmaster.pid')
    // The usual case is that there is none, and an exception costs more than the question.
    if (!existsSync(file)) return null
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
    return parsePidFile(text) ?? { ...emptyPidFile }
  }

  /**
   * The pid file of a Postgres that is no more. Postgres itself replaces it where the pid is nobody's; where the pid is
   * another program's by now, it would refuse to start. Its orphans go first: none may write beside the new one.
   */
  async #clearLeftover(leftover: PidFile): Promise<void> {
    await this.#waitForOrphans()
    this.#parts.logger.info({ pid: leftover.pid }, 'postgres did not end in good order; it will recover')
    await rm(join(this.place.pgdata, 'postmaster.pid'), { force: true })
    const socket = join(this.place.socketDir, `.s.PGSQL.${socketPort}`)
    await rm(socket, { force: true })
    await rm(`${socket}.lock`, { force: true })
  }

  async #waitForOrphans(): Promise<void> {
    const { clock, logger } = this.#parts
    const began = clock.now()
    let killed = false
    for (;;) {
      const pids = await processesIn(this.place.pgdata)
      if (pids.length === 0) return
      const waitedMs = clock.now() - began
      if (waitedMs > orphanGiveUpMs) {
        throw new EngineError(
          'unavailable',
          `processes ${pids.join(', ')} still work on ${this.place.pgdata}`,
        )
      }
      if (waitedMs > orphanMs && !killed) {
        killed = true
        logger.warn({ pids }, 'backends outlived their postmaster and are killed')
        for (const pid of pids) kill(pid, 'SIGKILL')
      }
      await clock.sleep(10)
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    const index = this.#timers.length
    const next = () => {
      this.#timers[index] = this.#parts.clock.after(ms, () => {
        const before = this.#timers
        work()
          .catch(error => this.#parts.logger.warn({ err: error }, 'care for a postgres failed'))
          .finally(() => {
            if (this.#timers === before) next()
          })
      })
    }
    next()
  }

  #unwatch(): void {
    this.#watcher?.close()
    this.#watcher = null
    for (const timer of this.#timers) timer.cancel()
    this.#timers = []
  }
}

/**
 * Postgres found another one on its data, which we had not seen: it was started a moment before control was killed and
 * had no pid file yet, or (where we cannot see processes by their directory) it is a backend that outlived a crash.
 */
export function isHeldByAnother(error: unknown): boolean {
  const held = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/
  return error instanceof EngineError && held.test(error.message)
}

/** About five seconds in all; then the next start finds it, or the caller is told. */
export const heldPolicy: RetryPolicy = { attempts: 15, firstDelayMs: 50, factor: 1.5, maxDelayMs: 500 }

/** It may have ended in the meantime, which is as good. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

const emptyPidFile: PidFile = {
  pid: 0,
  dataDirectory: '',
  startedAt: null,
  port: null,
  socketDirectory: null,
  status: null,
}
