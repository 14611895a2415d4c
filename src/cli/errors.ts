// Every failure of a command: its text, what to do about it, and the exit code.

import { CommanderError } from 'commander'
import { errorTable, isErrorCode } from '../contract/errors.ts'
import { type ErrorBody, errorBody } from '../contract/routes/index.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { plain } from './format.ts'
import type { Writable } from './output.ts'

interface CliErrorParts {
  code: string
  message: string
  exitCode: ExitCode
  remedy?: string | undefined
  requestId?: string | undefined
  /** Whether the very same request may succeed a little later. */
  retry?: boolean
  cause?: unknown
}

export class CliError extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  readonly remedy: string | undefined
  readonly requestId: string | undefined
  readonly retry: boolean
  /** Set by a command that was called with --json: its errors are for programs too. */
  asJson = false

  constructor(parts: CliErrorParts) {
    super(parts.message, { cause: parts.cause })
    this.name = 'CliError'
    this.code = parts.code
    this.exitCode = parts.exitCode
    this.remedy = parts.remedy
    this.requestId = parts.requestId
    this.retry = parts.retry ?? false
  }
}

/** All is said; only the exit code is left. psql's own codes go beyond ours. */
export class ExitStatus extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.name = 'ExitStatus'
    this.exitCode = exitCode
  }
}

export const usageError = (message: string, remedy?: string): CliError =>
  new CliError({ code: 'usage', message, remedy, exitCode: exitCodes.usage })

export const notFoundError = (code: string, message: string, remedy?: string): CliError =>
  new CliError({ code, message, remedy, exitCode: exitCodes.notFound })

export const failure = (code: string, message: string, remedy?: string, cause?: unknown): CliError =>
  new CliError({ code, message, remedy, exitCode: exitCodes.failure, cause })

export const notRunning = (message: string, remedy: string, cause?: unknown): CliError =>
  new CliError({ code: 'not_running', message, remedy, exitCode: exitCodes.notRunning, cause })

/** Where a command of ours says more than the table can. */
const ownRemedies: Partial<Record<string, string>> = {
  branch_not_found: '`pilotlight branches list <project>` shows the branches of a project.',
  snapshot_not_found: '`pilotlight snapshots list <project>` shows the snapshots of a project.',
  branch_protected: 'Take the protection away first: `pilotlight branches unprotect <branch>`.',
  branch_is_default: 'Make another one the default first: `pilotlight branches set-default <branch>`.',
  branch_not_recoverable: '`pilotlight branches list --deleted` shows what can be recovered.',
  branch_not_restored: 'Restore a snapshot first: `pilotlight snapshots restore <snapshot>`.',
  endpoint_protected:
    'Take the protection of its branch away first: `pilotlight branches unprotect <branch>`.',
  project_has_protected_branch:
    'Take the protection of its branches away first: `pilotlight branches unprotect <branch>`.',
  preserve_name_missing: 'Say under which name the old state is kept: --preserve-under <name>.',
  moment_out_of_window:
    'Choose a later moment. `pilotlight branches history <branch>` shows since when it can be opened, `pilotlight projects update <project> --history 7d` keeps more from now on.',
  export_exists: 'Choose another --name, or remove the directory below <data-dir>/exports.',
  password_not_stored: 'Get a new one: `pilotlight roles reset-password <project> <role>`.',
  route_not_found: 'The command line and the server are of different versions; use the same for both.',
  method_not_allowed: 'The command line and the server are of different versions; use the same for both.',
}

/** The error that a reply other than 2xx stands for. */
export function errorOfReply(status: number, body: unknown, url: string): CliError {
  const parsed = errorBody.safeParse(body)
  if (!parsed.success) {
    return failure(
      'unexpected_reply',
      `${url} answered ${status}, and not as Pilotlight does`,
      'Check --api-url and PILOTLIGHT_API_URL; something else may listen there.',
    )
  }
  const { code, message, request_id: requestId } = parsed.data
  if (!isErrorCode(code)) {
    return new CliError({
      code,
      message,
      requestId,
      exitCode: exitCodeOfStatus(status),
      retry: status >= 500,
    })
  }
  const { remedy, retry } = errorTable[code]
  return new CliError({
    code,
    message: message || errorTable[code].message,
    remedy: ownRemedies[code] ?? remedy,
    requestId,
    exitCode: exitCodeOfCode(code),
    retry,
  })
}

function exitCodeOfCode(code: keyof typeof errorTable): ExitCode {
  if (code === 'route_not_found' || code === 'method_not_allowed') return exitCodes.failure
  const { http, owner } = errorTable[code]
  if (http === 404) return exitCodes.notFound
  return owner === 'caller' ? exitCodes.usage : exitCodes.failure
}

/** For a code that this version does not know. */
function exitCodeOfStatus(status: number): ExitCode {
  if (status === 404) return exitCodes.notFound
  return status >= 400 && status < 500 && status !== 423 && status !== 429
    ? exitCodes.usage
    : exitCodes.failure
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError || error instanceof ExitStatus) return error.exitCode
  // Commander calls for help and version with 0, and for anything wrong with 1.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  return exitCodes.failure
}

/** Writes what is left to say, and returns the exit code. */
export function reportError(error: unknown, stderr: Writable): number {
  const exitCode = exitCodeOf(error)
  // Commander has written its own text, and a command that ends with an ExitStatus its.
  if (error instanceof CommanderError || error instanceof ExitStatus) return exitCode
  if (error instanceof CliError) stderr.write(error.asJson ? jsonText(error) : peopleText(error))
  else stderr.write(`pilotlight: ${unexpectedText(error)}\n`)
  return exitCode
}

function peopleText(error: CliError): string {
  return [
    `pilotlight: ${plain(error.message)}`,
    ...(error.remedy ? [`  ${error.remedy.replaceAll('\n', '\n  ')}`] : []),
    ...(error.requestId ? [`  (request ${plain(error.requestId)})`] : []),
    '',
  ].join('\n')
}

function jsonText(error: CliError): string {
  const body: ErrorBody & { remedy: string; exit_code: number } = {
    request_id: error.requestId ?? '',
    code: error.code,
    message: error.message,
    remedy: error.remedy ?? '',
    exit_code: error.exitCode,
  }
  return `${JSON.stringify(body)}\n`
}

/** A fault of the machine (it has a code) is a sentence; a mistake of ours needs its stack. */
function unexpectedText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? error.message : (error.stack ?? error.message)
}
