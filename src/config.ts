// Every setting of `pilotlight up`: its flag, its environment variable, its default and why. One table, from which the
// checked object, the help text and docs/configuration.md come.

import { isAbsolute, resolve } from 'node:path'
import { defaultDataDir, defaults } from './contract/defaults.ts'
import { limits } from './contract/limits.ts'
import { type LogLevel, logLevels } from './lib/logger.ts'

export interface Config {
  dataDir: string
  /** 0: any free port. `chosen` false: the default, for which the next free port will do. */
  pgPort: Port
  apiPort: Port
  httpsPort: Port
  listen: string
  domain: string
  region: string
  /** -1: never. */
  suspendAfterSeconds: number
  proxies: number
  /** Undefined: an embedded Postgres under the data directory. */
  databaseUrl: string | undefined
  storage: StorageChoice
  logLevel: LogLevel
  logTo: 'file' | 'stderr'
}

/** How branches get their bytes: `auto` is the best that the file system of the data directory can do. */
export const storageChoices = ['auto', 'btrfs', 'reflink', 'copy'] as const
export type StorageChoice = (typeof storageChoices)[number]

export interface Port {
  port: number
  chosen: boolean
}

export class ConfigError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}

interface Setting {
  flag: string
  /** What stands behind the flag in the help. */
  value: string
  env: string
  description: string
  /** What is allowed, in the words of an error message. */
  allowed: string
  /** As shown in the help. */
  defaultText: string
}

/** Kept in the order of the help. */
export const settings = {
  dataDir: {
    flag: 'data-dir',
    value: '<directory>',
    env: 'PILOTLIGHT_DATA_DIR',
    description: 'where all data is kept: databases, catalog, keys, certificates, logs',
    allowed: 'a directory',
    defaultText: '/var/lib/pilotlight as root, else ~/.local/share/pilotlight',
  },
  pgPort: {
    flag: 'pg-port',
    value: '<port>',
    env: 'PILOTLIGHT_PG_PORT',
    description: 'port for Postgres clients; 0 picks a free one',
    allowed: 'a whole number from 0 to 65535',
    defaultText: '5432, or the next free one',
  },
  apiPort: {
    flag: 'api-port',
    value: '<port>',
    env: 'PILOTLIGHT_API_PORT',
    description: 'port for the Management API; 0 picks a free one',
    allowed: 'a whole number from 0 to 65535',
    defaultText: '7070, or the next free one',
  },
  httpsPort: {
    flag: 'https-port',
    value: '<port>',
    env: 'PILOTLIGHT_HTTPS_PORT',
    description: 'reserved for SQL over HTTP; checked, but nothing listens on it yet',
    allowed: 'a whole number from 0 to 65535',
    defaultText: '443 where it may be bound, else 7443',
  },
  listen: {
    flag: 'listen',
    value: '<address>',
    env: 'PILOTLIGHT_LISTEN',
    description: 'IP address for all ports; anything but loopback lets other machines in',
    allowed: 'an IP address such as 127.0.0.1, ::1 or 0.0.0.0',
    defaultText: defaults.listen,
  },
  domain: {
    flag: 'domain',
    value: '<name>',
    env: 'PILOTLIGHT_DOMAIN',
    description: 'host names are <endpoint>.<region>.<domain>',
    allowed: 'a DNS name such as localhost or db.example.com',
    defaultText: defaults.domain,
  },
  region: {
    flag: 'region',
    value: '<name>',
    env: 'PILOTLIGHT_REGION',
    description: 'name of this installation; a label of its host names',
    allowed: 'a DNS label: letters, digits and hyphens, at most 63',
    defaultText: defaults.region,
  },
  suspendAfter: {
    flag: 'suspend-after',
    value: '<seconds>',
    env: 'PILOTLIGHT_SUSPEND_AFTER',
    description: 'idle time after which a compute is suspended; -1 is never',
    allowed: `-1, or a whole number of seconds from 1 to ${limits.suspendTimeoutMaxSeconds}`,
    defaultText: String(defaults.suspendTimeoutSeconds),
  },
  proxies: {
    flag: 'proxies',
    value: '<number>',
    env: 'PILOTLIGHT_PROXIES',
    description: 'proxy processes; more of them use more cores (more than one needs Linux)',
    allowed: 'a whole number from 1 to 64',
    defaultText: '2 on Linux, else 1',
  },
  databaseUrl: {
    flag: 'database-url',
    value: '<url>',
    env: 'PILOTLIGHT_DATABASE_URL',
    description: 'a Postgres for the catalog, instead of an embedded one',
    allowed: 'a URL such as postgresql://user:password@host:5432/pilotlight',
    defaultText: 'an embedded Postgres',
  },
  storage: {
    flag: 'storage',
    value: '<how>',
    env: 'PILOTLIGHT_STORAGE',
    description: 'how branches get their bytes; auto: the best that the file system can do',
    allowed: storageChoices.join(', '),
    defaultText: 'auto',
  },
  logLevel: {
    flag: 'log-level',
    value: '<level>',
    env: 'PILOTLIGHT_LOG_LEVEL',
    description: 'how much is logged',
    allowed: logLevels.join(', '),
    defaultText: 'info',
  },
  logTo: {
    flag: 'log-to',
    value: '<where>',
    env: 'PILOTLIGHT_LOG_TO',
    description: 'file: one log a process under <data-dir>/log; stderr: all of them on standard error',
    allowed: 'file, stderr',
    defaultText: 'file',
  },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings
export type Flags = Partial<Record<SettingName, string>>
type Environment = Record<string, string | undefined>

export interface ConfigPlatform {
  uid: number | undefined
  platform: string
  cwd: string
}

/** Flags win over the environment, which wins over defaults. Throws ConfigError, which names value, source and what is allowed. */
export function readConfig(flags: Flags, environment: Environment, machine: ConfigPlatform): Config {
  const read = <T>(name: SettingName, parse: (text: string) => T | undefined, fallback: T): T => {
    const { flag, env, allowed } = settings[name]
    const fromFlag = flags[name]
    // An empty variable counts as not set: that is how people switch one off.
    const text = fromFlag ?? (environment[env] || undefined)
    if (text === undefined) return fallback
    const value = parse(text)
    if (value !== undefined) return value
    const source = fromFlag === undefined ? `environment variable ${env}` : `--${flag}`
    const shown = name === 'databaseUrl' ? 'the value' : JSON.stringify(text.slice(0, 200))
    throw new ConfigError(`${source}: ${shown} is not allowed. It takes ${allowed}.`)
  }
  const port = (name: SettingName, fallback: number): Port =>
    read<Port>(
      name,
      text => {
        const value = wholeNumber(text, 0, 65_535)
        return value === undefined ? undefined : { port: value, chosen: true }
      },
      { port: fallback, chosen: false },
    )
  const isLinux = machine.platform === 'linux'

  const config: Config = {
    dataDir: read(
      'dataDir',
      text => (isAbsolute(text) ? text : resolve(machine.cwd, text)),
      defaultDataDir(environment, machine.uid),
    ),
    pgPort: port('pgPort', defaults.postgresPort),
    apiPort: port('apiPort', defaults.apiPort),
    httpsPort: port('httpsPort', defaults.httpsPort),
    listen: read('listen', ipAddress, defaults.listen),
    domain: read('domain', dnsName, defaults.domain),
    region: read('region', dnsLabel, defaults.region),
    suspendAfterSeconds: read(
      'suspendAfter',
      text => (text === '-1' ? -1 : wholeNumber(text, 1, limits.suspendTimeoutMaxSeconds)),
      defaults.suspendTimeoutSeconds,
    ),
    proxies: read('proxies', text => wholeNumber(text, 1, 64), isLinux ? 2 : 1),
    databaseUrl: read<string | undefined>('databaseUrl', postgresUrl, undefined),
    storage: read('storage', text => storageChoices.find(choice => choice === text), 'auto'),
    logLevel: read('logLevel', text => logLevels.find(level => level === text), 'info'),
    logTo: read('logTo', text => (text === 'file' || text === 'stderr' ? text : undefined), 'file'),
  }
  if (config.proxies > 1 && !isLinux) {
    throw new ConfigError(
      `--proxies: ${config.proxies} is not allowed here. Sharing one port between processes needs Linux; use 1.`,
    )
  }
  return config
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined
  const value = Number(text)
  return value >= least && value <= most ? value : undefined
}

function ipAddress(text: string): string | undefined {
  return /^(\d{1,3}\.){3}\d{1,3}$/.test(text) || /^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) ? text : undefined
}

function dnsLabel(text: string): string | undefined {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(text) ? text.toLowerCase() : undefined
}

function dnsName(text: string): string | undefined {
  return text.length <= 200 && text.split('.').every(label => dnsLabel(label))
    ? text.toLowerCase()
    : undefined
}

function postgresUrl(text: string): string | undefined {
  return /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined
}
