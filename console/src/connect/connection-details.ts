// What snippets and guides are filled in with.

import {
  connectionString,
  connectionStringWithOptions,
  endpointHost,
} from '../../../src/contract/connection-string.ts'
import type { Details } from './snippets/index.ts'

/** In place of a password that nobody has asked for. */
export const dots = '************'

/** Of the machine's answer, what a connection depends on. */
export interface Reach {
  host_suffix: string
  pg_address: string
  pg_port: number
  hosts_resolve: boolean
}

export interface Target {
  endpointId: string
  database: string
  role: string
}

/** By host name, or by address and options where Pilotlight's machine does not resolve such names. */
export function detailsOf({ endpointId, database, role }: Target, reach: Reach, password: string): Details {
  const all = {
    ...{ endpointId, role, password, database },
    ...{ hostSuffix: reach.host_suffix, port: reach.pg_port },
  }
  const uriWithOptions = connectionStringWithOptions(all, reach.pg_address)
  return {
    uri: reach.hosts_resolve ? connectionString(all) : uriWithOptions,
    uriWithOptions,
    host: reach.hosts_resolve ? endpointHost(endpointId, reach.host_suffix) : reach.pg_address,
    port: reach.pg_port,
    options: reach.hosts_resolve ? undefined : `endpoint=${endpointId}`,
    ...{ role, password, database },
  }
}
