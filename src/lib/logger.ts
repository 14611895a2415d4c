// One structured line an event. What a secret is called never reaches the output.

import { pino } from 'pino'

export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

const secretNames = ['password', 'verifier', 'apiKey', 'authorization', 'token', 'uri', 'connectionString']
/** At the top, on an object, and on an object within an object or a list: nothing that we log is deeper. */
const secretPaths = secretNames.flatMap(name => [name, `*.${name}`, `*.*.${name}`])

/** Writes JSON lines to stderr (fd 2), or to `fd`. */
export function createLogger(options: { name: string; level: LogLevel; fd?: number }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: secretPaths, censor: '[secret]' },
      formatters: { level: label => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: options.fd ?? 2, sync: true }),
  )
}

/** For tests, and for parts that are used outside a server. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
