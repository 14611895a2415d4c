// What ours is compared with: the same Postgres, the same settings, a copy of the same data, without Pilotlight.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { socketPort } from '../src/engine/local/compute/conf.ts'
import type { Login } from './pgbench.ts'

export interface PeerOptions {
  /** A directory of the peer's own. */
  directory: string
  binDir: string
  /** A branch's pgdata, at rest. */
  pgdata: string
  /** The compute's own postgresql.conf. */
  configFile: string
  user: string
  password: string
  /** Other settings than the compute's, line by line. */
  settings?: string[]
}

export class Peer {
  readonly #binDir: string
  readonly #pgdata: string
  readonly #config: string
  readonly #log: string
  readonly #login: { host: string; user: string; password: string; database: string }
  readonly #owner: { uid: number; gid: number }

  constructor(options: PeerOptions) {
    const { uid, gid } = statSync(options.pgdata)
    this.#owner = { uid, gid }
    this.#binDir = options.binDir
    this.#pgdata = join(options.directory, 'pgdata')
    this.#config = join(options.directory, 'postgresql.conf')
    this.#log = join(options.directory, 'log')
    const socketDir = join(options.directory, 's')
    mkdirSync(socketDir, { recursive: true })
    execFileSync('cp', ['-a', options.pgdata, this.#pgdata])
    writeFileSync(this.#config, configAt(options.configFile, socketDir, options.settings))
    for (const path of [options.directory, socketDir, this.#config]) chownSync(path, uid, gid)
    this.#login = { host: socketDir, user: options.user, password: options.password, database: 'postgres' }
  }

  loginTo(database: string): Login {
    return { ...this.#login, port: socketPort, database }
  }

  /** Spawns `postgres`; `clients` of them try to connect until it lets them: what one would write by hand. */
  async spawnToFirstRow(clients = 1): Promise<{ ms: number; stop(): Promise<void> }> {
    const log = openSync(this.#log, 'a')
    const startedAt = performance.now()
    const child = spawn(
      join(this.#binDir, 'postgres'),
      ['-D', this.#pgdata, '-c', `config_file=${this.#config}`],
      {
        ...this.#spawnOptions(),
        stdio: ['ignore', log, log],
      },
    )
    await Promise.all(Array.from({ length: clients }, () => this.#untilFirstRow()))
    return { ms: performance.now() - startedAt, stop: () => stopChild(child) }
  }

  async #untilFirstRow(): Promise<void> {
    for (;;) {
      const client = new pg.Client(this.#login)
      client.on('error', () => {})
      try {
        await client.connect()
        await client.query('select 1')
        return void client.end()
      } catch {
        await new Promise(resolve => setTimeout(resolve, 1))
      }
    }
  }

  /** `pg_ctl -w start`, then `psql -c 'select 1'`. */
  async pgCtlToFirstRow(): Promise<{ ms: number; stop(): Promise<void> }> {
    const startedAt = performance.now()
    await this.#run(join(this.#binDir, 'pg_ctl'), [
      ...['-w', '-D', this.#pgdata, '-l', this.#log, '-o', `-c config_file=${this.#config}`, 'start'],
    ])
    await this.#run('psql', [
      '-X',
      '-At',
      '-h',
      this.#login.host,
      '-U',
      this.#login.user,
      'postgres',
      '-c',
      'select 1',
    ])
    const ms = performance.now() - startedAt
    return {
      ms,
      stop: () => this.#run(join(this.#binDir, 'pg_ctl'), ['-w', '-D', this.#pgdata, '-m', 'fast', 'stop']),
    }
  }

  async #run(command: string, args: string[]): Promise<void> {
    const child = spawn(command, args, {
      ...this.#spawnOptions(),
      stdio: 'ignore',
      env: { ...process.env, PGPASSWORD: this.#login.password },
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`${command} ended with ${code}`)
  }

  #spawnOptions(): { uid?: number; gid?: number; cwd: string } {
    return process.getuid?.() === 0 ? { ...this.#owner, cwd: '/' } : { cwd: '/' }
  }
}

/** A compute's own postgresql.conf, for a server that listens elsewhere. Of two lines the later one counts. */
export function configAt(configFile: string, socketDir: string, settings: string[] = []): string {
  const text = readFileSync(configFile, 'utf8').replace(
    /^unix_socket_directories.*$/m,
    `unix_socket_directories = '"${socketDir}"'`,
  )
  return `${text}${settings.map(line => `${line}\n`).join('')}`
}

async function stopChild(child: ChildProcess): Promise<void> {
  child.kill('SIGINT')
  await once(child, 'exit')
}
