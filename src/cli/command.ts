// The frame of every command: its help with an example, the flags that all have, and what its action is given.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { limits } from '../contract/limits.ts'
import { type Client, createClient } from './client.ts'
import { CliError, notRunning } from './errors.ts'
import { type Io, Output } from './output.ts'
import { apiKeyOf, apiUrlOf, findPlace, notRunningError, type Place, type PlaceOptions } from './place.ts'
import type { System } from './system.ts'

export interface Context {
  io: Io
  out: Output
  system: System
  json: boolean
  place: Place
  /** Throws not_running, and where there is no key. */
  client(): Promise<Client>
  /** How the user calls us: what we suggest should work when it is pasted. */
  self: string
}

export type Values = Record<string, string | number | boolean | object | undefined>

export interface CommandParts<Options extends Values> {
  /** As commander writes it: `rename <project> <name>`. */
  usage: string
  summary: string
  /** More, for the command's own help. */
  details?: string
  example: string
  options?: Option[]
  /** False where the output is another program's. */
  json?: boolean
  run(context: Context, args: string[], options: Options): Promise<void>
}

const placeFlags = (): Option[] =>
  [
    new Option(
      '--data-dir <directory>',
      'data directory of the Pilotlight to talk to (env: PILOTLIGHT_DATA_DIR)',
    ),
    new Option('--api-url <url>', 'its API, instead of the one found there (env: PILOTLIGHT_API_URL)'),
    new Option('--api-key-file <file>', 'file with the API key (env: PILOTLIGHT_API_KEY, the key itself)'),
  ].map(option => option.helpGroup('Which Pilotlight:'))

export function addCommand<Options extends Values>(
  parent: Command,
  io: Io,
  system: System,
  parts: CommandParts<Options>,
): Command {
  const command = parent.command(parts.usage).summary(parts.summary)
  command.description(parts.details ? `${parts.summary}\n\n${parts.details}` : parts.summary)
  for (const option of parts.options ?? []) command.addOption(option)
  if (parts.json !== false) command.option('--json', 'print JSON for programs: the objects of the API')
  for (const option of placeFlags()) command.addOption(option)
  command.addHelpText('after', `\nExample:\n  ${parts.example.replaceAll('\n', '\n  ')}`)
  command.action(async () => {
    const options = command.opts<Options & PlaceOptions & { json?: boolean }>()
    const json = options.json === true
    try {
      const context = await contextOf(options, json, io, system)
      await parts.run(context, command.args, options)
    } catch (error) {
      if (error instanceof CliError) error.asJson = json
      throw error
    }
  })
  return command
}

async function contextOf(options: PlaceOptions, json: boolean, io: Io, system: System): Promise<Context> {
  const { env } = io
  const place = await findPlace(options, env, system)
  let client: Promise<Client> | undefined
  const connect = async () => {
    const baseUrl = apiUrlOf(place, env, system)
    const apiKey = await apiKeyOf(place, options, env, system)
    return createClient({ baseUrl, apiKey, whenRefused: cause => refused(place, baseUrl, cause) })
  }
  return {
    io,
    out: new Output(io),
    system,
    json,
    place,
    client: () => {
      client ??= connect()
      return client
    },
    self: env.npm_command === 'exec' ? 'npx pilotlight' : 'pilotlight',
  }

  function refused(place: Place, baseUrl: string, cause: unknown): CliError {
    if (place.chosenUrl === undefined && place.run.state !== 'running') {
      return notRunningError(place, env, system)
    }
    return notRunning(
      `Pilotlight is not running: nothing answers at ${baseUrl}.`,
      place.chosenUrl === undefined
        ? 'It may be starting or stopping: try again in a moment, and see its log in <data-dir>/log. Start it: `npm start` in a checkout, or `pilotlight up`.'
        : 'Check --api-url and PILOTLIGHT_API_URL, or start it there: `npm start` in a checkout, or `pilotlight up`.',
      cause,
    )
  }
}

/** For `Option.argParser`: a whole number between two bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^-?\d{1,9}$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
  }
}

export const suspendAfterFlag = (): Option =>
  new Option('--suspend-after <seconds>', 'idle time until it is suspended; -1: never').argParser(
    wholeNumber(-1, limits.suspendTimeoutMaxSeconds),
  )
