// Control on a real catalog and an engine in memory, for tests. Where control runs SQL in a compute, the Postgres of the
// catalog answers in its place: one role `app` and one database `app` are in it.

import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import { createSecretBox } from '../catalog/secret-box.ts'
import type { ClusterLogin } from '../catalog/testing.ts'
import type { Change } from '../contract/control-plane.ts'
import type { Clock } from '../lib/clock.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import { ChangeFeed } from './changes.ts'
import { Computes } from './computes/computes.ts'
import { Contents } from './computes/contents.ts'
import { Control } from './control.ts'
import { cell, MemoryEngine } from './memory-engine.ts'
import type { OperationContext } from './operations/operation.ts'
import type { Parts } from './parts.ts'
import { Sweeper } from './sweeper.ts'

export { cell, MemoryEngine }

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
  options: { engine?: MemoryEngine; logger?: Logger; dataDir?: string } = {},
): TestControl {
  const { engine = new MemoryEngine(login), logger = silentLogger } = options
  const clock = new TestClock()
  const parts: Parts = {
    ...{ catalog, engine, clock, logger, secretBox: createSecretBox(Buffer.alloc(32, 7)) },
    settings: {
      ...{ cell, region: 'test', hostSuffix: 'test.localhost', pgPort: 5432, suspendAfterSeconds: 300 },
      ...{ pgAddress: '127.0.0.1', hostsResolve: true, dataDir: options.dataDir ?? '/nonexistent' },
      ...{ caFile: '/nonexistent', consoleSecret: 'of a test' },
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

/** A whole control of which nothing runs by itself: its test carries operations out, and sweeps. */
export function stillControl(
  catalog: Catalog,
  login: ClusterLogin,
): { testing: TestControl; control: Control; sweeper: Sweeper } {
  const testing = testControl(catalog, login)
  testing.engine.cloning = 'reflink'
  const control = new Control(testing.parts)
  const sweeper = new Sweeper({
    parts: testing.parts,
    deletion: control.branchDeletion,
    projectDeletion: control.projectDeletion,
    snapshots: control.snapshots,
    schedules: control.backupSchedules,
  })
  return { testing, control, sweeper }
}

/** Waits for what happens beside the test. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
