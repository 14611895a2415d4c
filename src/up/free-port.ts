// Which port to listen on: the one that was chosen, any free one (0), or the first free one from the default on.

import { createServer } from 'node:net'
import { ConfigError, type Port } from '../config.ts'
import { defaults } from '../contract/defaults.ts'

/** How many we try. */
const attempts = 100

const flags = ['pg-port', 'api-port', 'https-port'] as const
type PortFlag = (typeof flags)[number]

/**
 * Where any free port is looked for. What the kernel gives to whoever asks for port 0 it may give away once more before we
 * listen, seconds later. These lie below all that it gives (from 32768 on, as it is set up usually).
 */
const anyPort = { from: 10_000, to: 30_000 }

/** 443 is for root (or who may bind it) on a machine where nothing else has it. Throws ConfigError if a chosen port is taken. */
export async function findHttpsPort(wanted: Port, listen: string): Promise<number> {
  if (!wanted.chosen && (await tryPort(wanted.port, listen))) {
    return findPort({ port: defaults.httpsPortUnprivileged, chosen: false }, listen, 'https-port')
  }
  return findPort(wanted, listen, 'https-port')
}

/** Throws ConfigError if a chosen port is taken. */
export async function findPort(wanted: Port, listen: string, flag: PortFlag): Promise<number> {
  if (wanted.chosen && wanted.port === 0) return await findAnyPort(listen, flag)
  if (wanted.chosen) {
    const problem = await tryPort(wanted.port, listen)
    if (problem) {
      throw new ConfigError(
        `--${flag}: cannot listen on ${listen} port ${wanted.port} (${problem.message}). Choose another, or 0 for any free one.`,
      )
    }
    return wanted.port
  }
  for (let candidate = wanted.port; candidate < wanted.port + attempts; candidate++) {
    if (await isFree(candidate, listen)) return candidate
  }
  throw new ConfigError(`no free port from ${wanted.port} on; choose one with --${flag}`)
}

/** Of those that are this process's own, if they are free: others that start now look elsewhere. */
async function findAnyPort(listen: string, flag: PortFlag): Promise<number> {
  const places = Math.floor((anyPort.to - anyPort.from) / flags.length)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const place = (process.pid + Math.floor((attempt * places) / attempts)) % places
    const candidate = anyPort.from + place * flags.length + flags.indexOf(flag)
    if (await isFree(candidate, listen)) return candidate
  }
  throw new ConfigError(`no free port from ${anyPort.from} to ${anyPort.to}; choose one with --${flag}`)
}

/** Throws ConfigError where nobody can listen there. */
async function isFree(port: number, listen: string): Promise<boolean> {
  const problem = await tryPort(port, listen)
  if (problem?.code === 'EADDRNOTAVAIL') {
    throw new ConfigError(
      `--listen: ${listen} is no address of this machine. It takes one of its own, or 0.0.0.0.`,
    )
  }
  return problem === undefined
}

/** Undefined: one can listen there. */
function tryPort(port: number, host: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ port, host }, () => server.close(() => resolve(undefined)))
  })
}
