// Makes a cluster from nothing: initdb, then the bootstrap statements in single-user mode. That mode needs no socket and
// no password, and ends with a shutdown checkpoint, so that whoever starts the cluster (or a clone) has nothing to redo.

import { chmod, chown, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type PostgresBuild } from '../../engine.ts'
import { chownTo } from '../files.ts'
import { identity, type PostgresUser } from '../postgres-user.ts'
import { type RunResult, run, type Spawn } from '../run.ts'
import { adminUser } from '../secrets.ts'
import { adoption, type Bootstrap } from './bootstrap.ts'

export interface InitdbOptions {
  build: PostgresBuild
  user: PostgresUser
  password: string
  bootstrap: Bootstrap[]
  spawn: Spawn
}

export const pgHba = {
  /**
   * Only the Unix socket, only with a password. "all" is also what logical replication connects to; a physical replica
   * would read every role's verifier, so there is no line for it.
   */
  compute: 'local  all  all  scram-sha-256\n',
  /**
   * Of a past moment: its passwords are of that moment too, and only the proxy, which has checked the one of today, may
   * enter the directory of its socket.
   */
  past: 'local  all  all  trust\n',
  /** Of a cluster that leaves us. */
  exported:
    'local  all  all  scram-sha-256\nhost   all  all  127.0.0.1/32  scram-sha-256\nhost   all  all  ::1/128  scram-sha-256\n',
} as const

/** `directory` exists and belongs to the user; the cluster becomes `<directory>/pgdata`. Nothing is flushed yet. */
export async function createCluster(directory: string, options: InitdbOptions): Promise<string> {
  const { build, user, spawn } = options
  const pgdata = join(directory, 'pgdata')
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 })
  try {
    if (user.switch) await chown(passwordFile, user.uid, user.gid)
    let failure: RunResult | null = null
    for (const locale of localesFor(build.major)) {
      const args = [
        `--pgdata=${pgdata}`,
        `--username=${adminUser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--data-checksums',
        '--no-sync',
        ...locale,
      ]
      const done = await run(spawn, join(build.binDir, 'initdb'), args, identity(user))
      failure = done.code === 0 ? null : done
      if (!failure) break
      await rm(pgdata, { recursive: true, force: true })
    }
    if (failure) throw failed(`initdb of ${build.id}`, failure)
  } finally {
    await rm(passwordFile, { force: true })
  }

  await writeFile(join(pgdata, 'pg_hba.conf'), pgHba.compute)
  await chmod(join(pgdata, 'pg_hba.conf'), 0o600)

  for (const bootstrap of options.bootstrap) await runSingle(pgdata, bootstrap, options)
  return pgdata
}

/** Single-user mode: no socket, no password, and a shutdown checkpoint at the end. */
async function runSingle(
  pgdata: string,
  { database, batches }: Bootstrap,
  { build, user, spawn }: Pick<InitdbOptions, 'build' | 'user' | 'spawn'>,
): Promise<void> {
  const args = [
    ...['--single', '-j', '-D', pgdata],
    ...['-c', 'exit_on_error=on', '-c', 'fsync=off', '-c', 'log_checkpoints=off', database],
  ]
  const input = `${batches.join(';\n\n')};\n\n`
  const done = await run(spawn, join(build.binDir, 'postgres'), args, { ...identity(user), input })
  if (done.code !== 0) throw failed(`bootstrap of ${build.id} in database ${database}`, done)
}

/** Makes a cluster that others made one of ours: cloud_admin and neon_superuser are there, and nobody comes in by TCP. */
export async function adoptCluster(
  pgdata: string,
  options: Pick<InitdbOptions, 'build' | 'user' | 'password' | 'spawn'>,
): Promise<void> {
  const hba = join(pgdata, 'pg_hba.conf')
  await writeFile(hba, pgHba.compute, { mode: 0o600 })
  await chownTo(hba, options.user)
  // Both may name other places and other libraries than ours.
  for (const name of ['postgresql.auto.conf', 'pg_ident.conf']) {
    await writeFile(join(pgdata, name), '', { mode: 0o600 })
    await chownTo(join(pgdata, name), options.user)
  }
  await runSingle(
    pgdata,
    { database: 'postgres', batches: adoption(options.build.major, options.password) },
    options,
  )
}

/**
 * UTF-8 that sorts by code point, the same on every machine. From 17 on Postgres has it built in; before, it is the C
 * library's C.UTF-8 where there is one (glibc 2.35, Debian's before that; not darwin), else plain C.
 */
function localesFor(major: number): string[][] {
  if (major >= 17) return [['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']]
  return [['--locale=C.UTF-8'], ['--locale=C']]
}

function failed(doing: string, { stderr, stdout, code }: RunResult): EngineError {
  const text = `${stderr}\n${stdout}`
  const lines = text.split('\n').filter(line => /error|fatal|panic|No space left/i.test(line))
  const capacity = /No space left on device|Disk quota exceeded/.test(text)
  return new EngineError(
    capacity ? 'no_capacity' : 'internal',
    `${doing}: ${lines.slice(-3).join(' · ') || `exit ${code}`}`,
  )
}
