// Runs a program to its end and gives back what it said. For initdb and its kind; a compute is started elsewhere.

import { type ChildProcess, type SpawnOptions, spawn as systemSpawn } from 'node:child_process'

/** Passed in, so that a test can count or refuse processes. */
export type Spawn = (command: string, args: readonly string[], options: SpawnOptions) => ChildProcess

export const defaultSpawn: Spawn = (command, args, options) => systemSpawn(command, args, options)

export interface RunOptions {
  uid?: number
  gid?: number
  input?: string
  env?: NodeJS.ProcessEnv
  /** The program is killed after this long; the longest that we run takes about a second. */
  timeoutMs?: number
}

export interface RunResult {
  code: number | null
  stdout: string
  stderr: string
}

/** What a program of ours needs from the environment: no PG* variables of whoever started us, messages in English. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' }
}

const longestOutput = 256 * 1024

export function run(
  spawn: Spawn,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      // An unprivileged user may not be allowed into our own working directory.
      cwd: '/',
      env: options.env ?? cleanEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
      killSignal: 'SIGKILL',
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < longestOutput) stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < longestOutput) stderr += text
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
    // A program that ends before it has read its input is no error of ours: its exit code tells.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}
