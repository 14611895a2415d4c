// What commands need of the machine, passed in: a test of `doctor` then needs no broken machine.

import { spawn } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { constants, existsSync } from 'node:fs'
import { access, chmod, copyFile, readFile, rm, statfs } from 'node:fs/promises'
import { networkInterfaces, constants as osConstants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type Clock, systemClock } from '../lib/clock.ts'
import { portHolder } from './port-holder.ts'

export interface System {
  platform: string
  /** 0 is root; undefined where there are no such numbers. */
  uid: number | undefined
  cwd: string
  nodeVersion: string
  clock: Clock
  isAlive(pid: number): boolean
  /** Null: there is no such file. Throws where it may not be read. */
  readText(path: string): Promise<string | null>
  exists(path: string): boolean
  isExecutable(path: string): Promise<boolean>
  /** The addresses of a host name; none where it does not resolve. */
  lookup(host: string): Promise<string[]>
  ownAddresses(): Set<string>
  /** Of the file system that `path` lies on, or will lie on. */
  disk(path: string): Promise<{ freeBytes: number; totalBytes: number }>
  /** Who listens on a TCP port of this machine: null for nobody, else words for people. */
  portHolder(port: number): Promise<string | null>
  /** Runs a program to its end. `code` null: it could not be started. */
  run(command: string, args: string[]): Promise<{ code: number | null; output: string }>
  /** Runs a program in our place, on our terminal; its exit code. */
  attach(command: string, args: string[], env: Record<string, string | undefined>): Promise<number>
  install(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

/** A resolver that does not answer must not hold up `doctor`. */
const lookupTimeoutMs = 3000

export const system: System = {
  platform: process.platform,
  uid: process.getuid?.(),
  cwd: process.cwd(),
  nodeVersion: process.versions.node,
  clock: systemClock,

  isAlive(pid) {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      // EPERM: it lives, and is somebody else's.
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  },

  async readText(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
      throw error
    }
  },

  exists: path => existsSync(path),

  isExecutable: path =>
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    ),

  async lookup(host) {
    const timeout = new Promise<never>((_, reject) =>
      setTimeout(reject, lookupTimeoutMs, new Error('timeout')).unref(),
    )
    try {
      const found = await Promise.race([lookup(host, { all: true }), timeout])
      return found.map(({ address }) => address)
    } catch {
      return []
    }
  },

  ownAddresses() {
    const all = Object.values(networkInterfaces()).flatMap(list => list ?? [])
    return new Set(['127.0.0.1', '::1', ...all.map(({ address }) => address)])
  },

  async disk(path) {
    let existing = path
    while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
    const { bavail, blocks, bsize } = await statfs(existing)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  },

  portHolder,

  run(command, args) {
    return new Promise(resolve => {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text
        })
      }
      child.on('error', error => resolve({ code: null, output: error.message }))
      child.on('close', code => resolve({ code, output }))
    })
  },

  attach(command, args, env) {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { stdio: 'inherit', env })
      // Ctrl-C reaches the child through the terminal, and ends its query rather than us. What is sent to us alone is
      // passed on.
      process.on('SIGINT', () => {})
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
      child.on('error', reject)
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? osConstants.signals[signal] : 0)))
    })
  },

  async install(from, to) {
    await copyFile(from, to)
    await chmod(to, 0o644)
  },

  remove: path => rm(path, { force: true }),
}

/** The program of that name on PATH, or in one of `more` directories. */
export async function findProgram(
  name: string,
  env: Record<string, string | undefined>,
  { isExecutable }: Pick<System, 'isExecutable'>,
  more: string[] = [],
): Promise<string | null> {
  const directories = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...more]
  for (const directory of directories) {
    if (await isExecutable(join(directory, name))) return join(directory, name)
  }
  return null
}
