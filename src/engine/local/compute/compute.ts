// One compute: what it was last asked to be (state.json), what it is now, and what is told of it.

import { join } from 'node:path'
import type { Clock } from '../../../lib/clock.ts'
import type { ComputeSpec, Gen, Phase, Status } from '../../engine.ts'
import { readJsonIfThere, replaceFileAtOnce } from '../files.ts'
import type { StatusFeed } from '../status-feed.ts'
import { chosenText } from './chosen.ts'
import { socketPort } from './conf.ts'
import type { Postmaster } from './postmaster.ts'
import { socketDirFor } from './socket-dir.ts'

/**
 * state.json: the fence, and what the compute was last asked to be. It is replaced whole but not flushed: a loss of
 * power ends the process and its callers too, and the fence of the data, which does outlive that, is flushed.
 */
interface State {
  gen: Gen
  spec: ComputeSpec | null
  changedAt: string
  /** With its settings Postgres did not come up; while this process runs, they are left out. */
  ignored?: { settings: string; reason: string } | undefined
}

export interface ComputeParts {
  clock: Clock
  feed: StatusFeed
  cell: string
}

export class Compute {
  readonly id: string
  readonly directory: string
  /** postgresql.conf as we last wrote or read it. */
  conf: string | null = null
  postmaster: Postmaster | null = null
  /** Settles when it is `ready`, or with the reason why it never will be. */
  coming: Promise<void> | null = null
  /** We asked for the end that is coming: it is no surprise. */
  stopping = false
  readonly #parts: ComputeParts
  #state: State
  #phase: Phase = 'stopped'
  #error: Status['error']

  /** At rest, until somebody says more. Without a state nobody has asked for it yet. */
  constructor(id: string, directory: string, parts: ComputeParts, state: State | null) {
    this.id = id
    this.directory = directory
    this.#parts = parts
    this.#state = state ?? { gen: 0, spec: null, changedAt: '' }
  }

  get gen(): Gen {
    return this.#state.gen
  }

  get spec(): ComputeSpec | null {
    return this.#state.spec
  }

  get ignored(): State['ignored'] {
    return this.#state.ignored
  }

  get phase(): Phase {
    return this.#phase
  }

  get isAtRest(): boolean {
    return this.#phase === 'stopped' && !this.postmaster
  }

  get confFile(): string {
    return join(this.directory, 'postgresql.conf')
  }

  get socketDir(): string {
    return socketDirFor(this.directory)
  }

  /** Writes down what is asked of it, before it is done. */
  note(change: Pick<State, 'gen'> & Partial<State>): void {
    const same =
      this.gen === change.gen &&
      !change.ignored &&
      (!change.spec || JSON.stringify(change.spec) === JSON.stringify(this.spec))
    if (same && this.#state.changedAt) return
    const { spec, ignored } = this.#state
    const sameChoice = !change.spec || ignored?.settings === chosenText(change.spec)
    this.#state = { spec, ignored: sameChoice ? ignored : undefined, ...change, changedAt: this.#now() }
    replaceFileAtOnce(stateFile(this.directory), JSON.stringify(this.#state))
  }

  /** What was left out is tried again at the next start. */
  forgetIgnored(): void {
    this.#state.ignored = undefined
  }

  move(phase: Phase, error?: Status['error']): void {
    this.found(phase, error)
    this.#state.changedAt = this.#now()
    this.#parts.feed.push(this.status())
  }

  /** As `move`, where nothing has moved: it is how we came upon it. */
  found(phase: Phase, error?: Status['error']): void {
    this.#phase = phase
    this.#error = error
  }

  status(): Status {
    const { gen, changedAt, ignored } = this.#state
    const isReady = this.#phase === 'ready'
    return {
      ref: { cell: this.#parts.cell, id: this.id },
      kind: 'compute',
      phase: this.#phase,
      gen,
      changedAt,
      ...(isReady ? { address: { host: this.socketDir, port: socketPort } } : {}),
      ...(isReady && ignored ? { settingsIgnored: ignored.reason } : {}),
      ...(this.#error ? { error: this.#error } : {}),
    }
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString()
  }
}

const stateFile = (directory: string): string => join(directory, 'state.json')

/** What a compute of any run of the engine was last asked to be. Null: there is none in this directory. */
export const readState = (directory: string): Promise<State | null> =>
  readJsonIfThere<State>(stateFile(directory))
