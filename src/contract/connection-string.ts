// How a database is named to clients: its host, and the URL that people copy.

export interface ConnectionDetails {
  endpointId: string
  hostSuffix: string
  port: number
  role: string
  password: string
  database: string
  pooled?: boolean
}

export function endpointHost(endpointId: string, hostSuffix: string, pooled = false): string {
  return `${endpointId}${pooled ? '-pooler' : ''}.${hostSuffix}`
}

function authority(details: ConnectionDetails, host: string): string {
  const port = details.port === 5432 ? '' : `:${details.port}`
  return `postgresql://${encodeURIComponent(details.role)}:${encodeURIComponent(details.password)}@${host}${port}/${encodeURIComponent(details.database)}`
}

/** The form with the endpoint's own host name: TLS's SNI tells the proxy which endpoint is meant. */
export function connectionString(details: ConnectionDetails): string {
  const host = endpointHost(details.endpointId, details.hostSuffix, details.pooled)
  return `${authority(details, host)}?sslmode=require&channel_binding=require`
}

/** The form for clients without SNI, and for machines that do not resolve our host names. */
export function connectionStringWithOptions(details: ConnectionDetails, address: string): string {
  const endpoint = `${details.endpointId}${details.pooled ? '-pooler' : ''}`
  const host = address.includes(':') ? `[${address}]` : address
  return `${authority(details, host)}?sslmode=require&channel_binding=require&options=endpoint%3D${endpoint}`
}
