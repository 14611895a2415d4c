// Which Postgres a binary is: asked from the binary itself.

import { run, type Spawn } from '../run.ts'

export interface PostgresVersion {
  major: number
  /** `17.10` */
  version: string
}

/** Majors that we run. Older ones have neither pg_read_all_data nor the recovery that branches need. */
export const oldestMajor = 14
export const newestMajor = 18

/** `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; also betas, `19beta1`. */
export function parseVersion(text: string): PostgresVersion | null {
  const match = /\(PostgreSQL\)\s+(\d+)(?:\.(\d+))?((?:beta|rc|devel)\d*)?/.exec(text)
  if (!match) return null
  const [, major, minor, suffix] = match
  return { major: Number(major), version: `${major}${minor ? `.${minor}` : ''}${suffix ?? ''}` }
}

/** Null where the binary does not run here (another libc, a broken link). */
export async function versionOf(spawn: Spawn, binary: string): Promise<PostgresVersion | null> {
  try {
    const { code, stdout } = await run(spawn, binary, ['--version'], { timeoutMs: 10_000 })
    return code === 0 ? parseVersion(stdout) : null
  } catch {
    return null
  }
}

/** Positive where `a` is newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(text => text.split('.').map(part => Number.parseInt(part, 10)))
  return (left![0] ?? 0) - (right![0] ?? 0) || (left![1] ?? 0) - (right![1] ?? 0)
}
