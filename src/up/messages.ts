// What `up` and its processes say to each other, over Node's IPC channel: secrets never stand in an argument list.

import type { PoolConfig } from 'pg'
import type { Config } from '../config.ts'
import type { ControlSettings } from '../control/index.ts'
import type { LogSettings } from './process-log.ts'

export interface ControlStart {
  dataDir: string
  version: string
  http: { host: string; port: number }
  https: { host: string; port: number }
  apiCertificate: Config['apiCertificate']
  trustedProxies: string[]
  /** Where the built console lies. */
  consoleDir: string
  apiRateLimit: number
  catalog: Pick<PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'connectionString'>
  settings: ControlSettings
  storage: Config['storage']
  caFile: string
  apiKeyFile: string
  log: LogSettings
}

export interface ProxyStart {
  dataDir: string
  index: number
  listen: string
  port: number
  shared: boolean
  hostSuffix: string
  /** Of this `up`, which control and proxies are told (lib/console-pass.ts). */
  consoleSecret: string
  log: LogSettings
}

export type ToChild<Start> =
  | { start: Start }
  | { stop: { graceMs: number; computes: 'leave running' | 'suspend' } }

export type FromChild = { ready: true } | { failed: string }
