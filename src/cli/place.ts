// Which Pilotlight a command talks to: flags win over the environment, which wins over what runs on this machine.

import { isAbsolute, join, resolve } from 'node:path'
import { defaultDataDir } from '../contract/defaults.ts'
import { apiBase } from '../contract/routes/index.ts'
import { apiKeyPath, type RunFile, runFilePath, runFileSchema } from '../contract/run-file.ts'
import { type CliError, failure, notRunning, usageError } from './errors.ts'
import type { System } from './system.ts'

export interface PlaceOptions {
  dataDir?: string | undefined
  apiUrl?: string | undefined
  apiKeyFile?: string | undefined
}

type Environment = Record<string, string | undefined>

export type RunState =
  | { state: 'running'; runFile: RunFile }
  /** The file was left behind: no process has its pid. */
  | { state: 'stale'; runFile: RunFile }
  | { state: 'absent' }
  | { state: 'unreadable'; reason: string }

export interface Place {
  dataDir: string
  run: RunState
  /** Undefined: a local one is looked for by its run file. */
  chosenUrl: string | undefined
}

/** Where root keeps its data: the first guess when a user finds nothing of their own. */
const rootDataDir = defaultDataDir({}, 0)
const howToStart = 'Start it: `npm start` in a checkout, or `pilotlight up`.'

export async function findPlace(options: PlaceOptions, env: Environment, system: System): Promise<Place> {
  const given = options.dataDir ?? (env.PILOTLIGHT_DATA_DIR || undefined)
  const dataDir = absolute(given ?? defaultDataDir(env, system.uid), system)
  const url = options.apiUrl ?? (env.PILOTLIGHT_API_URL || undefined)
  return { dataDir, run: await readRunFile(dataDir, system), chosenUrl: url && baseOf(url) }
}

async function readRunFile(dataDir: string, system: System): Promise<RunState> {
  try {
    const text = await system.readText(runFilePath(dataDir))
    if (text === null) return { state: 'absent' }
    const parsed = runFileSchema.safeParse(JSON.parse(text))
    if (!parsed.success) return { state: 'unreadable', reason: 'it was written by another version' }
    return { state: system.isAlive(parsed.data.pid) ? 'running' : 'stale', runFile: parsed.data }
  } catch (error) {
    return { state: 'unreadable', reason: (error as Error).message }
  }
}

/** Where the API is, without `/api/v2`. Throws not_running. */
export function apiUrlOf(place: Place, env: Environment, system: System): string {
  if (place.chosenUrl !== undefined) return place.chosenUrl
  if (place.run.state === 'running') return place.run.runFile.apiUrl
  throw notRunningError(place, env, system)
}

export function notRunningError(place: Place, env: Environment, system: System): CliError {
  const { run, dataDir } = place
  if (run.state === 'stale') {
    return notRunning(
      `Pilotlight is not running: it left ${runFilePath(dataDir)} behind, but its process ${run.runFile.pid} is gone.`,
      `${howToStart} It picks up where it was.`,
    )
  }
  if (run.state === 'unreadable') {
    return failure(
      'run_file_unreadable',
      `cannot read ${runFilePath(dataDir)}: ${run.reason}`,
      'Run this as the user that runs Pilotlight, or restart Pilotlight with the version that you have here.',
    )
  }
  const chosen = dataDir !== defaultDataDir(env, system.uid)
  const other = !chosen && dataDir !== rootDataDir && system.exists(runFilePath(rootDataDir))
  return notRunning(
    `Pilotlight is not running with the data directory ${dataDir}.`,
    other
      ? `One that root started is there: add --data-dir ${rootDataDir}, or set PILOTLIGHT_DATA_DIR.`
      : `${howToStart} If it keeps its data elsewhere, add --data-dir or set PILOTLIGHT_DATA_DIR.`,
  )
}

/** Throws where no key can be had. */
export async function apiKeyOf(
  place: Place,
  options: PlaceOptions,
  env: Environment,
  system: System,
): Promise<string> {
  if (options.apiKeyFile === undefined && env.PILOTLIGHT_API_KEY) return env.PILOTLIGHT_API_KEY
  const file = options.apiKeyFile === undefined ? localKeyFile(place) : absolute(options.apiKeyFile, system)
  let key: string | null
  try {
    key = (await system.readText(file))?.trim() || null
  } catch (error) {
    throw usageError(
      `cannot read the API key in ${file}: ${(error as Error).message}`,
      'Run this as the user that runs Pilotlight, or set PILOTLIGHT_API_KEY.',
    )
  }
  if (key !== null) return key
  throw usageError(
    `there is no API key in ${file}`,
    'Set PILOTLIGHT_API_KEY, or name a file with --api-key-file.',
  )
}

function localKeyFile({ run, dataDir }: Place): string {
  return run.state === 'running' || run.state === 'stale' ? run.runFile.apiKeyFile : apiKeyPath(dataDir)
}

function absolute(path: string, { cwd }: System): string {
  return isAbsolute(path) ? join(path) : resolve(cwd, path)
}

function baseOf(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      `the API's URL ${JSON.stringify(text)} is not one`,
      'It looks like http://127.0.0.1:7070.',
    )
  }
  const path = url.pathname.replace(/\/+$/, '')
  return url.origin + (path.endsWith(apiBase) ? path.slice(0, -apiBase.length) : path)
}
