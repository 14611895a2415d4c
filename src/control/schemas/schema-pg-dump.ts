// A database's schema as pg_dump writes it, by a program of this machine or by the same program in WebAssembly.

import { spawn } from 'node:child_process'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import type { PgDumpProgram } from './schema-program.ts'

/** Thousands of tables take some seconds; a client of the API waits no longer than a minute. */
export const pgDumpTimeoutMs = 50_000
/** A table that somebody holds an exclusive lock on is not waited for longer. */
export const pgDumpArgs = ['--schema-only', '--lock-wait-timeout=20s']
/** Of what pg_dump complains about; the first lines tell. */
const complaintBytes = 4_000

/** Throws schema_dump_failed, schema_too_large. */
export async function runPgDump(
  program: PgDumpProgram,
  login: AdminLogin,
  database: string,
): Promise<string> {
  const child = spawn(program.path, [...pgDumpArgs, '--no-password'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The password goes by the environment: the command line is everybody's to see.
    env: {
      PATH: process.env.PATH ?? '',
      LC_ALL: 'C',
      PGHOST: login.host,
      PGPORT: String(login.port),
      PGUSER: login.user,
      PGPASSWORD: login.password,
      PGDATABASE: database,
      PGAPPNAME: 'pilotlight-control',
    },
  })
  const chunks: Buffer[] = []
  let bytes = 0
  let complaint = ''
  let failure: PilotlightError | undefined
  const stop = (error: PilotlightError) => {
    failure ??= error
    child.kill('SIGKILL')
  }
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limits.schemaBytes) stop(tooLarge())
    else chunks.push(chunk)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, complaintBytes)
  })
  const timer = setTimeout(() => stop(tookTooLong()), pgDumpTimeoutMs)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (failure) throw failure
    if (code !== 0) throw new PilotlightError('schema_dump_failed', { detail: complaint.trim() })
  } finally {
    clearTimeout(timer)
  }
  return withoutRestrictions(Buffer.concat(chunks).toString('utf8'))
}

export const tooLarge = () => new PilotlightError('schema_too_large', { limit: limits.schemaBytes })
export const tookTooLong = () =>
  new PilotlightError('schema_dump_failed', { detail: `pg_dump took longer than ${pgDumpTimeoutMs} ms` })

/**
 * Newer ones put `\restrict <random>` at the top and `\unrestrict` at the end, against dumps that attack psql. Two dumps
 * of one schema would differ by it, and Neon's have none.
 */
export function withoutRestrictions(sql: string): string {
  return sql
    .replace(/^(--\n-- PostgreSQL database dump\n--\n)\n(?:\\restrict \w+\n)?\n+/, '$1\n')
    .replace(/\n(?:\n\\unrestrict \w+\n)?\n*$/, '\n\n')
}
