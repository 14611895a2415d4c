// Control on a real catalog and an engine in memory, for tests. Where control runs SQL in a compute, the Postgres of the
// catalog answers in its place: one role `app` and one database `app` are in it.

import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import { createSecretBox } from '../catalog/secret-box.ts'
import type { ClusterLogin } from '../catalog/testing.ts'
import type { Change } from '../contract/control-plane.ts'
import {
  type AdminLogin,
  type Capabilities,
  type ComputeSpec,
  type Engine,
  EngineError,
  type EngineErrorCode,
  type Phase,
  type Ref,
  type Status,
  type WatchEvent,
} from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import { type Deferred, deferred } from '../lib/deferred.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import { ChangeFeed } from './changes.ts'
import { Computes } from './computes.ts'
import { Contents } from './contents.ts'
import type { OperationContext } from './operations/operation.ts'
import type { Parts } from './parts.ts'

export const cell = 'test'

/** Sleeping takes no time, but it passes. */
export class TestClock implements Clock {
  #now = 1_000_000
  readonly slept: number[] = []
  /** How much time passes at least with each sleep: for those who poll until a deadline. */
  leap = 0
  now = (): number => this.#now
  after(): { cancel(): void } {
    return { cancel() {} }
  }
  async sleep(delayMs: number): Promise<void> {
    this.slept.push(delayMs)
    this.#now += Math.max(delayMs, this.leap)
    await setImmediate()
  }
  pass(ms: number): void {
    this.#now += ms
  }
}

type Call = 'ensureData' | 'ensureRunning' | 'ensureStopped' | 'ensureGone' | 'observe' | 'adminLogin'

interface Thing {
  kind: 'data' | 'compute'
  phase: Phase
  gen: number
}

/** Holds to the seam's rules, fences included; fails, waits or never answers when told to. */
export class MemoryEngine implements Engine {
  /** Every changing call, as `ensureRunning ep-… 3`. */
  readonly calls: string[] = []
  readonly things = new Map<string, Thing>()
  readonly #login: ClusterLogin
  readonly #faults = new Map<Call, (EngineErrorCode | 'none')[]>()
  readonly #gates = new Map<Call, Deferred<void>>()
  readonly #watchers = new Set<(event: WatchEvent) => void>()
  readonly #specs = new Map<string, ComputeSpec>()
  #callsUntilCrash = Number.POSITIVE_INFINITY
  #crash: { when: 'before' | 'after'; happened: () => void } | undefined

  constructor(login: ClusterLogin) {
    this.#login = login
  }

  /** The next calls of this kind end so, one after the other. */
  fail(call: Call, ...codes: (EngineErrorCode | 'none')[]): void {
    this.#faults.set(call, codes)
  }

  /** Calls of this kind wait until the returned function is called. */
  hold(call: Call): () => void {
    const gate = deferred<void>()
    this.#gates.set(call, gate)
    return () => {
      this.#gates.delete(call)
      gate.resolve()
    }
  }

  /** From the n-th call on nothing is answered any more, as if control had died there: `happened` is told. */
  crashAt(n: number, when: 'before' | 'after', happened: () => void): void {
    this.#callsUntilCrash = n
    this.#crash = { when, happened }
  }

  /** The next control is there. */
  revive(): void {
    this.#callsUntilCrash = Number.POSITIVE_INFINITY
    this.#crash = undefined
  }

  count(call: Call, id: string): number {
    return this.calls.filter(line => line.startsWith(`${call} ${id} `)).length
  }

  /** The compute dies; nobody asked for it. */
  kill(id: string, options: { quietly?: boolean } = {}): void {
    this.#set(id, 'compute', 'failed', this.things.get(id)?.gen ?? 0, options.quietly)
  }

  /** Something that no call has made. */
  put(id: string, kind: Thing['kind'], phase: Phase, gen = 1): void {
    this.things.set(id, { kind, phase, gen })
  }

  tell(event: WatchEvent): void {
    for (const watcher of this.#watchers) watcher(event)
  }

  get watched(): boolean {
    return this.#watchers.size > 0
  }

  phase(id: string): Phase {
    return this.things.get(id)?.phase ?? 'gone'
  }

  async capabilities(): Promise<Capabilities> {
    const build = { id: '17-test', major: 17, version: '17.0', source: 'embedded' as const, binDir: '' }
    return {
      ...{ engine: 'memory', version: '1', exactLsn: false, crossNodeBranch: false, maxCopies: 1 },
      ...{ coldCost: 'none', fencing: 'process', wakesPerSecond: 1000, cloning: 'copy' },
      postgres: [{ ...build, clientTools: null }],
    }
  }

  ensureData(ref: Ref, gen: number): Promise<Status> {
    return this.#call('ensureData', ref, gen, () => this.#set(ref.id, 'data', 'ready', gen))
  }

  ensureRunning(ref: Ref, gen: number, spec: ComputeSpec): Promise<Status> {
    return this.#call('ensureRunning', ref, gen, () => {
      if (this.phase(spec.data.id) !== 'ready') throw new EngineError('invalid', 'no such data')
      this.#specs.set(ref.id, spec)
      return this.#set(ref.id, 'compute', 'ready', gen)
    })
  }

  ensureStopped(ref: Ref, gen: number): Promise<Status> {
    return this.#call('ensureStopped', ref, gen, () =>
      this.things.has(ref.id) ? this.#set(ref.id, 'compute', 'stopped', gen) : this.#status(ref.id),
    )
  }

  ensureGone(ref: Ref, gen: number): Promise<Status> {
    return this.#call('ensureGone', ref, gen, () => {
      for (const [id, spec] of this.#specs) {
        if (spec.data.id === ref.id && this.phase(id) === 'ready') {
          throw new EngineError('conflict', 'a compute is live on this data')
        }
      }
      this.things.delete(ref.id)
      this.#specs.delete(ref.id)
      return this.#status(ref.id)
    })
  }

  observe(ref: Ref): Promise<Status> {
    return this.#call('observe', ref, undefined, () => this.#status(ref.id))
  }

  adminLogin(ref: Ref): Promise<AdminLogin> {
    return this.#call('adminLogin', ref, undefined, () => {
      if (this.phase(ref.id) !== 'ready') throw new EngineError('unavailable', 'not ready')
      return this.#login
    })
  }

  async *list(): AsyncIterable<Status> {
    for (const id of [...this.things.keys()]) yield this.#status(id)
  }

  async *watch(): AsyncIterable<WatchEvent> {
    const events: WatchEvent[] = []
    let wake = () => {}
    const hear = (event: WatchEvent) => {
      events.push(event)
      wake()
    }
    this.#watchers.add(hear)
    for (;;) {
      const event = events.shift()
      if (event) yield event
      else await new Promise<void>(resolve => (wake = resolve))
    }
  }

  async close(): Promise<void> {}

  async #call<T>(call: Call, ref: Ref, gen: number | undefined, work: () => T): Promise<T> {
    const crashes = --this.#callsUntilCrash < 0 ? this.#crash : undefined
    if (crashes?.when === 'before') return await this.#die(crashes)
    if (gen !== undefined) this.calls.push(`${call} ${ref.id} ${gen}`)
    await this.#gates.get(call)?.promise
    const fault = this.#faults.get(call)?.shift()
    if (fault && fault !== 'none') throw new EngineError(fault, `${call} was told to fail`)
    const seen = this.things.get(ref.id)?.gen ?? 0
    if (gen !== undefined && gen < seen) throw new EngineError('stale_generation', `${gen} is below ${seen}`)
    const result = work()
    if (crashes) return await this.#die(crashes)
    return result
  }

  async #die(crash: { happened: () => void }): Promise<never> {
    crash.happened()
    return await new Promise<never>(() => {})
  }

  #set(id: string, kind: Thing['kind'], phase: Phase, gen: number, quietly = false): Status {
    const changed = this.phase(id) !== phase
    this.things.set(id, { kind, phase, gen })
    const status = this.#status(id)
    if (changed && !quietly) this.tell({ cursor: '', status })
    return status
  }

  #status(id: string): Status {
    const thing = this.things.get(id)
    const { host, port } = this.#login
    return {
      ref: { cell, id },
      kind: thing?.kind ?? (id.startsWith('ep-') ? 'compute' : 'data'),
      phase: thing?.phase ?? 'gone',
      gen: thing?.gen ?? 0,
      changedAt: new Date(0).toISOString(),
      ...(thing?.kind === 'compute' && thing.phase === 'ready' && { address: { host, port } }),
    }
  }
}

export interface TestControl extends OperationContext {
  clock: TestClock
  engine: MemoryEngine
  /** What proxies were told, as `access ep-…`. */
  told: string[]
}

/** The parts of a control; with the engine of an earlier one it is the next control, after a crash. */
export function testControl(
  catalog: Catalog,
  login: ClusterLogin,
  options: { engine?: MemoryEngine; logger?: Logger } = {},
): TestControl {
  const { engine = new MemoryEngine(login), logger = silentLogger } = options
  const clock = new TestClock()
  const parts: Parts = {
    ...{ catalog, engine, clock, logger, secretBox: createSecretBox(Buffer.alloc(32, 7)) },
    settings: {
      ...{ cell, region: 'test', hostSuffix: 'test.localhost', pgPort: 5432, suspendAfterSeconds: 300 },
      ...{ pgAddress: '127.0.0.1', hostsResolve: true },
    },
  }
  const changes = new ChangeFeed()
  const told: string[] = []
  changes.subscribe((change: Change) =>
    told.push(change.change === 'hello' ? 'hello' : `${change.change} ${change.endpoint_id}`),
  )
  const contents = new Contents(parts, changes)
  const computes = new Computes(parts, changes, contents)
  return { parts, changes, contents, computes, clock, engine, told }
}

/** Waits for what happens beside the test. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
