// How a connection says which endpoint it wants: by host name (SNI), in `options`, or inside the password.

/** Labels below the served suffix that are doors of ours, not endpoints. */
const reservedLabels = new Set(['api', 'apiauth'])

/** `<label>.<hostSuffix>`, exactly one label deep. Any other name is no error: it names no endpoint. */
export function endpointFromServerName(serverName: string, hostSuffix: string): string | null {
  const dot = serverName.indexOf('.')
  if (dot <= 0) return null
  const label = serverName.slice(0, dot)
  // Host names do not tell upper case from lower (RFC 4343); clients that copy one in capitals mean the same.
  if (serverName.slice(dot + 1).toLowerCase() !== hostSuffix.toLowerCase()) return null
  const endpoint = label.toLowerCase()
  return reservedLabels.has(endpoint) ? null : endpoint
}

export type NamedEndpoint =
  /** Null: neither of the two named one; the password may. */
  | { endpoint: string | null }
  | { error: 'inconsistent'; serverName: string; option: string }
  | { error: 'malformed'; endpoint: string }

export function nameEndpoint(fromServerName: string | null, fromOption: string | null): NamedEndpoint {
  if (fromServerName !== null && fromOption !== null && fromServerName !== fromOption)
    return { error: 'inconsistent', serverName: fromServerName, option: fromOption }
  const endpoint = fromOption ?? fromServerName
  if (endpoint !== null && !isEndpointId(endpoint)) return { error: 'malformed', endpoint }
  return { endpoint }
}

/** Letters and digits of any script, and hyphens. The empty id passes here, as it does in Neon, and is not found later. */
export function isEndpointId(text: string): boolean {
  return /^[\p{Alphabetic}\p{N}-]*$/u.test(text)
}

/** `endpoint=<id>;<password>` or `endpoint=<id>$<password>`. Where there is a `;`, the first one separates. */
export function endpointFromPassword(payload: string): { endpoint: string; password: string } | null {
  const prefix = ['endpoint=', 'project='].find(candidate => payload.startsWith(candidate))
  if (prefix === undefined) return null
  const rest = payload.slice(prefix.length)
  const at = rest.includes(';') ? rest.indexOf(';') : rest.indexOf('$')
  return at < 0 ? null : { endpoint: rest.slice(0, at), password: rest.slice(at + 1) }
}
