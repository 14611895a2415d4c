// An engine in memory, for tests of control: it holds to the rules of the seam, fences included, and fails, waits or
// never answers when told to. Data is told apart by its `content`: what it was made of.

import { mkdirSync } from 'node:fs'
import type { ClusterLogin } from '../catalog/testing.ts'
import {
  type AdminLogin,
  type At,
  type Capabilities,
  type Cloning,
  type ComputeSpec,
  type ComputeUse,
  type DataOptions,
  type Engine,
  EngineError,
  type EngineErrorCode,
  type Origin,
  type Phase,
  type PreloadLibrary,
  type Ref,
  type ReplaceOptions,
  type Status,
  type Usage,
  type WatchEvent,
} from '../engine/engine.ts'
import { type Deferred, deferred } from '../lib/deferred.ts'

export const cell = 'test'

type Call =
  | 'ensureData'
  | 'replaceData'
  | 'ensureWindow'
  | 'exportData'
  | 'ensureRunning'
  | 'ensureConfigured'
  | 'ensureStopped'
  | 'ensureGone'
  | 'observe'
  | 'adminLogin'

interface Thing {
  kind: 'data' | 'compute'
  phase: Phase
  gen: number
  /** Of data: `empty`, `empty@2026-01-01T00:00:00Z`, … */
  content?: string
  windowSeconds?: number
  begin?: { lsn: string; time: string }
}

export class MemoryEngine implements Engine {
  /** Every changing call, as `ensureRunning ep-… 3`. */
  readonly calls: string[] = []
  readonly things = new Map<string, Thing>()
  readonly #login: ClusterLogin
  readonly #faults = new Map<Call, (EngineErrorCode | 'none')[]>()
  readonly #gates = new Map<Call, Deferred<void>>()
  readonly #watchers = new Set<(event: WatchEvent) => void>()
  readonly #specs = new Map<string, ComputeSpec>()
  readonly #replacements = new Map<string, string>()
  /** Since when moments can be opened, of any data. */
  historyFrom = new Date(0).toISOString()
  cloning: Cloning = 'copy'
  /** What was exported, by path; an empty directory stands for it. */
  readonly exports = new Map<string, string>()
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
  put(id: string, kind: Thing['kind'], phase: Phase, gen = 1, content = 'empty'): void {
    this.things.set(id, { kind, phase, gen, ...(kind === 'data' && { content }) })
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
      ...{ coldCost: 'none', fencing: 'process', wakesPerSecond: 1000, cloning: this.cloning },
      boundsUnavailable: null,
      postgres: [{ ...build, clientTools: null }],
    }
  }

  content(id: string): string | undefined {
    return this.things.get(id)?.content
  }

  windowSeconds(id: string): number | undefined {
    return this.things.get(id)?.windowSeconds
  }

  ensureData(ref: Ref, gen: number, origin: Origin, options: DataOptions): Promise<Status> {
    return this.#call('ensureData', ref, gen, () => {
      const before = this.things.get(ref.id)
      const made = before?.phase === 'ready' ? before : this.#made(origin, options)
      return this.#set(ref.id, 'data', 'ready', gen, false, made)
    })
  }

  replaceData(ref: Ref, gen: number, origin: Origin, options: ReplaceOptions): Promise<Status> {
    return this.#call('replaceData', ref, gen, () => {
      if (this.#replacements.get(ref.id) === options.token) return this.#status(ref.id)
      this.#assertNoneLive(ref.id)
      const before = this.things.get(ref.id)
      if (!before) throw new EngineError('invalid', 'no such data')
      if (this.things.has(options.keepOldAs.id)) throw new EngineError('invalid', 'that name is taken')
      const made = this.#made(origin, options)
      if (origin.from === 'kept') this.things.delete(origin.ref.id)
      this.things.set(options.keepOldAs.id, { ...before, gen: 0 })
      this.#replacements.set(ref.id, options.token)
      return this.#set(ref.id, 'data', 'ready', gen, false, made)
    })
  }

  ensureWindow(ref: Ref, gen: number, windowSeconds: number): Promise<Status> {
    return this.#call('ensureWindow', ref, gen, () => {
      const before = this.things.get(ref.id)
      if (!before) throw new EngineError('invalid', 'no such data')
      return this.#set(ref.id, 'data', 'ready', gen, false, { ...before, windowSeconds })
    })
  }

  exportData(ref: Ref, path: string): Promise<{ path: string; bytes: number }> {
    return this.#call('exportData', ref, undefined, () => {
      const content = this.content(ref.id)
      if (content === undefined) throw new EngineError('invalid', 'no such data')
      if (this.exports.has(path)) throw new EngineError('invalid', 'the path exists')
      mkdirSync(path)
      this.exports.set(path, content)
      return { path, bytes: 1 }
    })
  }

  async verify(): Promise<{ bytes: number; damage: string[] }> {
    return { bytes: 0, damage: [] }
  }

  async usage(refs: Ref[]): Promise<Usage[]> {
    return refs.map(ref => ({ ref, bytes: 0, exclusiveBytes: 0, historyBytes: 0 }))
  }

  #made(origin: Origin, options: DataOptions): Partial<Thing> {
    const { windowSeconds } = options
    switch (origin.from) {
      case 'empty':
        return { content: 'empty', windowSeconds }
      case 'directory':
        return { content: `directory ${origin.path}`, windowSeconds }
      case 'kept': {
        const kept = this.things.get(origin.ref.id)
        if (!kept) throw new EngineError('invalid', 'nothing was kept')
        return { ...kept, windowSeconds }
      }
      case 'branch':
        return { ...this.#begun(origin.parent, origin.at), windowSeconds }
    }
  }

  #begun(parent: Ref, at: At): Partial<Thing> {
    const content = this.content(parent.id)
    if (content === undefined) throw new EngineError('invalid', `no data ${parent.id}`)
    if ('time' in at) {
      if (at.time < this.historyFrom) {
        throw new EngineError('out_of_window', `history begins at ${this.historyFrom}`)
      }
      return { content: `${content}@${at.time}`, begin: { lsn: '0/1000', time: at.time } }
    }
    const lsn = 'lsn' in at ? at.lsn : '0/2000'
    const begin = { lsn, time: '2026-01-02T03:04:05.000006Z' }
    return { content: 'lsn' in at ? `${content}@${lsn}` : content, begin }
  }

  #assertNoneLive(dataId: string): void {
    for (const [id, spec] of this.#specs) {
      if (spec.data.id === dataId && this.phase(id) === 'ready') {
        throw new EngineError('conflict', 'a compute is live on this data')
      }
    }
  }

  ensureRunning(ref: Ref, gen: number, spec: ComputeSpec): Promise<Status> {
    return this.#call('ensureRunning', ref, gen, () => {
      if (this.phase(spec.data.id) !== 'ready') throw new EngineError('invalid', 'no such data')
      this.#specs.set(ref.id, spec)
      return this.#set(ref.id, 'compute', 'ready', gen)
    })
  }

  ensureConfigured(ref: Ref, gen: number, spec: ComputeSpec): Promise<Status> {
    return this.#call('ensureConfigured', ref, gen, () => {
      if (this.phase(ref.id) === 'ready') this.#specs.set(ref.id, spec)
      return this.#status(ref.id)
    })
  }

  /** What the compute was asked to be last. */
  spec(id: string): ComputeSpec | undefined {
    return this.#specs.get(id)
  }

  /** Its Postgres has one thing against settings: the value `bad`. */
  async checkSettings(_build: string, settings: Record<string, string>): Promise<string | null> {
    const bad = Object.entries(settings).find(([, value]) => value === 'bad')
    return bad ? `invalid value for parameter "${bad[0]}": "bad"` : null
  }

  async preloadLibraries(): Promise<PreloadLibrary[]> {
    const shared = { description: 'for tests', version: '17.0' }
    return [
      { ...shared, name: 'auto_explain', isDefault: false },
      { ...shared, name: 'pg_stat_statements', isDefault: true },
    ]
  }

  ensureStopped(ref: Ref, gen: number): Promise<Status> {
    return this.#call('ensureStopped', ref, gen, () =>
      this.things.has(ref.id) ? this.#set(ref.id, 'compute', 'stopped', gen) : this.#status(ref.id),
    )
  }

  ensureGone(ref: Ref, gen: number): Promise<Status> {
    return this.#call('ensureGone', ref, gen, () => {
      this.#assertNoneLive(ref.id)
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

  /** By compute; the others do not tell. */
  readonly uses = new Map<string, ComputeUse>()

  async computeUse(ref: Ref): Promise<ComputeUse | null> {
    return this.phase(ref.id) === 'ready' ? (this.uses.get(ref.id) ?? null) : null
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

  #set(
    id: string,
    kind: Thing['kind'],
    phase: Phase,
    gen: number,
    quietly = false,
    made: Partial<Thing> = {},
  ): Status {
    const changed = this.phase(id) !== phase
    this.things.set(id, { ...made, kind, phase, gen })
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
      ...(thing?.begin && { begin: thing.begin }),
      ...(thing?.kind === 'data' && { lsn: '0/3000', history: { from: this.historyFrom } }),
    }
  }
}
