// What control is built from; main's control process puts it together.

import type { Catalog } from '../catalog/catalog.ts'
import type { SecretBox } from '../catalog/secret-box.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'

export interface ControlSettings {
  /** The engine's cell that this control looks after. */
  cell: string
  region: string
  /** `<region>.<domain>` */
  hostSuffix: string
  pgPort: number
  /** For endpoints whose suspend_timeout_seconds is 0; -1: never. */
  suspendAfterSeconds: number
  /** Exports are written below it, and imports found there. */
  dataDir: string
  /** The address that clients without a resolvable host name use. */
  pgAddress: string
  hostsResolve: boolean
  /** Of the authority by which the proxies are known. */
  caFile: string
  /** By which proxies know the console's connections (lib/console-pass.ts). */
  consoleSecret: string
}

export interface Parts {
  catalog: Catalog
  engine: Engine
  secretBox: SecretBox
  clock: Clock
  logger: Logger
  settings: ControlSettings
}
