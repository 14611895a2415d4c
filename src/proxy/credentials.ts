// What a connection asks for, from its StartupMessage and its host name.

import { PilotlightError } from '../contract/errors.ts'
import { type PastMoment, readMoment } from '../contract/moment.ts'
import {
  endpointFromServerName,
  endpointOption,
  nameEndpoint,
  neonOptions,
  type StartupParameters,
  serverOptions,
} from '../wire/index.ts'

export interface Credentials {
  role: string
  /** Null: only the password can still name it. */
  endpoint: string | null
  /** `neon_lsn`, `neon_timestamp`: the past moment that the client wants to look at; null: the present. */
  moment: PastMoment | null
  database: string
  applicationName: string
  /** What the compute gets to see. */
  forwarded: StartupParameters
  /** `neon_console_pass`: of the console's own connections (lib/console-pass.ts). */
  consolePass: string | null
  /** `neon_query_id`: who measures gets the times of the stages. */
  queryId: string | null
}

/** What a session on a compute may be opened with; the rest belongs into SET. */
const forwardedNames = ['user', 'database', 'application_name', 'replication']

/** Throws user_missing, endpoint_inconsistent, endpoint_malformed, moment_invalid, moment_ambiguous. */
export function readCredentials(
  parameters: StartupParameters,
  serverName: string | null,
  hostSuffix: string,
): Credentials {
  const role = parameters.get('user')
  if (!role) throw new PilotlightError('user_missing')
  const options = parameters.get('options') ?? ''
  const hints = neonOptions(options)
  return {
    role,
    endpoint: readEndpoint(serverName, options, hostSuffix),
    moment: readMoment({ lsn: hints.get('lsn'), timestamp: hints.get('timestamp') }),
    // As Postgres: the database is called like the role unless another is named.
    database: parameters.get('database') || role,
    applicationName: parameters.get('application_name') ?? '',
    forwarded: forward(parameters, serverOptions(options), hints.has('proxy_params_compat')),
    consolePass: hints.get('console_pass') ?? null,
    queryId: hints.get('query_id') ?? null,
  }
}

function readEndpoint(serverName: string | null, options: string, hostSuffix: string): string | null {
  const fromServerName = serverName === null ? null : endpointFromServerName(serverName, hostSuffix)
  const named = nameEndpoint(fromServerName, endpointOption(options))
  if (!('error' in named)) return named.endpoint
  throw named.error === 'inconsistent'
    ? new PilotlightError('endpoint_inconsistent', { sni: named.serverName, option: named.option })
    : new PilotlightError('endpoint_malformed', { endpoint: named.endpoint })
}

function forward(parameters: StartupParameters, options: string | null, all: boolean): StartupParameters {
  const names = all ? [...parameters.keys()] : forwardedNames
  const forwarded: StartupParameters = new Map()
  for (const name of names) {
    const value = parameters.get(name)
    if (value !== undefined && name !== 'options') forwarded.set(name, value)
  }
  if (options !== null) forwarded.set('options', options)
  // What drivers expect, whatever the database's default is.
  if (!all) forwarded.set('client_encoding', 'UTF8')
  return forwarded
}
