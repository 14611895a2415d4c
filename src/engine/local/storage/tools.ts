// Commands of the system's administrator that storage needs: btrfs, filefrag, mkfs.xfs, mount.

import { createInterface } from 'node:readline'
import { type RunResult, run, type Spawn } from '../run.ts'

/** They lie where the PATH of an ordinary user, or of a service, need not lead. In English, because they are read. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`, LC_ALL: 'C' }
}

/** Rejects with ENOENT where there is no such command. */
export function runTool(
  spawn: Spawn,
  command: string,
  args: readonly string[],
  options: { timeoutMs?: number } = {},
): Promise<RunResult> {
  return run(spawn, command, args, { env: toolEnvironment(), ...options })
}

/** For one that says more than should be kept. What it complains about is not told. */
export function eachLine(
  spawn: Spawn,
  command: string,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: '/',
      env: toolEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child.on('error', reject)
    child.on('close', () => resolve())
    if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine)
  })
}
