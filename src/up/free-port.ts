// Which port to listen on: the one that was chosen, or the first free one from the default on.

import { createServer } from 'node:net'
import { ConfigError, type Port } from '../config.ts'
import { defaults } from '../contract/defaults.ts'

/** How far from the default we look. */
const attempts = 100

/** 443 is for root (or who may bind it) on a machine where nothing else has it. Throws ConfigError if a chosen port is taken. */
export async function findHttpsPort(wanted: Port, listen: string): Promise<number> {
  if (!wanted.chosen && typeof (await tryPort(wanted.port, listen)) !== 'number') {
    return findPort({ port: defaults.httpsPortUnprivileged, chosen: false }, listen, 'https-port')
  }
  return findPort(wanted, listen, 'https-port')
}

/** Throws ConfigError if a chosen port is taken. */
export async function findPort(wanted: Port, listen: string, flag: string): Promise<number> {
  if (wanted.chosen) {
    const port = await tryPort(wanted.port, listen)
    if (port instanceof Error) {
      throw new ConfigError(
        `--${flag}: cannot listen on ${listen} port ${wanted.port} (${port.message}). Choose another, or 0 for any free one.`,
      )
    }
    return port
  }
  for (let candidate = wanted.port; candidate < wanted.port + attempts; candidate++) {
    const port = await tryPort(candidate, listen)
    if (typeof port === 'number') return port
    if ((port as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') {
      throw new ConfigError(
        `--listen: ${listen} is no address of this machine. It takes one of its own, or 0.0.0.0.`,
      )
    }
  }
  throw new ConfigError(`no free port from ${wanted.port} on; choose one with --${flag}`)
}

function tryPort(port: number, host: string): Promise<number | Error> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ port, host }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(found))
    })
  })
}
