// Every setting of `pilotlight up`: its flag, its environment variable, its default and why. One table, from which the
// checked object, the help text and docs/configuration.md come.

import { isIP } from 'node:net'
import { isAbsolute, resolve } from 'node:path'
import { defaultDataDir, defaults } from './contract/defaults.ts'
import { limits } from './contract/limits.ts'
import { type LogLevel, logLevels } from './lib/logger.ts'
import { isLoopback, parseNetwork } from './lib/network.ts'

export interface Config {
  dataDir: string
  /** 0: any free port. `chosen` false: the default, for which the next free port will do. */
  pgPort: Port
  apiPort: Port
  httpsPort: Port
  listen: string
  /** Of the API without TLS. */
  apiListen: string
  /** Besides those that the API's certificate always has. */
  apiHostNames: string[]
  /** Undefined: only one of ours. */
  apiCertificate: CertificateFiles | undefined
  /** IP addresses and networks. */
  trustedProxies: string[]
  /** Requests a minute of one API key; 0: as many as it likes. */
  apiRateLimit: number
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

/** PEM, as other programs lay them down and renew them. */
export interface CertificateFiles {
  certFile: string
  keyFile: string
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
    description: 'port for the Management API without TLS; 0 picks a free one',
    allowed: 'a whole number from 0 to 65535',
    defaultText: '7070, or the next free one',
  },
  httpsPort: {
    flag: 'https-port',
    value: '<port>',
    env: 'PILOTLIGHT_HTTPS_PORT',
    description: 'port for the Management API over HTTPS; 0 picks a free one',
    allowed: 'a whole number from 0 to 65535',
    defaultText: '443 where it may be bound, else 7443, or the next free one',
  },
  listen: {
    flag: 'listen',
    value: '<address>',
    env: 'PILOTLIGHT_LISTEN',
    description: 'IP address for Postgres and HTTPS; anything but loopback lets other machines in',
    allowed: 'an IP address such as 127.0.0.1, ::1 or 0.0.0.0',
    defaultText: defaults.listen,
  },
  apiListen: {
    flag: 'api-listen',
    value: '<address>',
    env: 'PILOTLIGHT_API_LISTEN',
    description: 'IP address for the Management API without TLS; beyond loopback keys can be read on the way',
    allowed: 'an IP address such as 127.0.0.1, ::1 or 0.0.0.0',
    defaultText: `that of --listen if it is loopback, else ${defaults.listen}`,
  },
  apiHostName: {
    flag: 'api-host-name',
    value: '<names>',
    env: 'PILOTLIGHT_API_HOST_NAME',
    description: 'further names for the API’s own certificate, divided by commas',
    allowed: 'DNS names and IP addresses, such as pilotlight.example.com,192.0.2.7',
    defaultText:
      'none; localhost, this machine’s name, api.<region>.<domain> and console.<domain> are always in',
  },
  apiCert: {
    flag: 'api-cert',
    value: '<file>',
    env: 'PILOTLIGHT_API_CERT',
    description: 'your own certificate for HTTPS, with its chain (PEM); read again when it changes',
    allowed: 'a file, together with --api-cert-key',
    defaultText: 'one of the local authority',
  },
  apiCertKey: {
    flag: 'api-cert-key',
    value: '<file>',
    env: 'PILOTLIGHT_API_CERT_KEY',
    description: 'the private key of --api-cert (PEM, without a passphrase)',
    allowed: 'a file, together with --api-cert',
    defaultText: 'none',
  },
  trustedProxies: {
    flag: 'trusted-proxies',
    value: '<addresses>',
    env: 'PILOTLIGHT_TRUSTED_PROXIES',
    description: 'reverse proxies whose X-Forwarded-For names the client, divided by commas',
    allowed: 'IP addresses and networks, such as 127.0.0.1,10.0.0.0/8',
    defaultText: 'none',
  },
  apiRateLimit: {
    flag: 'api-rate-limit',
    value: '<requests>',
    env: 'PILOTLIGHT_API_RATE_LIMIT',
    description: 'requests a minute that one API key may make; 0 is no limit at all',
    allowed: 'a whole number from 0 to 1000000',
    defaultText: String(limits.apiRequestsPerMinute),
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

  const path = (text: string) => (isAbsolute(text) ? text : resolve(machine.cwd, text))
  const listen = read('listen', ipAddress, defaults.listen)
  const certFile = read<string | undefined>('apiCert', path, undefined)
  const keyFile = read<string | undefined>('apiCertKey', path, undefined)
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new ConfigError('--api-cert and --api-cert-key belong together: give both, or neither.')
  }

  const config: Config = {
    dataDir: read('dataDir', path, defaultDataDir(environment, machine.uid)),
    pgPort: port('pgPort', defaults.postgresPort),
    apiPort: port('apiPort', defaults.apiPort),
    httpsPort: port('httpsPort', defaults.httpsPort),
    listen,
    apiListen: read('apiListen', ipAddress, isLoopback(listen) ? listen : defaults.listen),
    apiHostNames: read('apiHostName', list(hostName), []),
    apiCertificate: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    trustedProxies: read(
      'trustedProxies',
      list(text => (parseNetwork(text) ? text : undefined)),
      [],
    ),
    apiRateLimit: read('apiRateLimit', text => wholeNumber(text, 0, 1_000_000), limits.apiRequestsPerMinute),
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

/** Divided by commas; undefined if one of them is not allowed. */
function list(parse: (text: string) => string | undefined): (text: string) => string[] | undefined {
  return text => {
    const values = text.split(',').map(part => parse(part.trim()))
    return values.every(value => value !== undefined) ? values : undefined
  }
}

function ipAddress(text: string): string | undefined {
  return isIP(text) === 0 ? undefined : text
}

function hostName(text: string): string | undefined {
  return ipAddress(text) ?? dnsName(text)
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
