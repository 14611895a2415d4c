// The startup parameter `options`: a command line for the server, in which clients also name their endpoint
// (`endpoint=ep-…`) and pass hints to the proxy (`neon_query_id:…`). Neon's own rules, quirks included.

const endpointPrefixes = ['endpoint=', 'project=']
const neonOption = /^neon_(\w+):(.+)/s
const space = new Set([' ', '\t', '\n', '\v', '\f', '\r'])

/** Splits at white space that no backslash precedes. Backslashes stay: the server takes them off. */
export function splitOptions(options: string): string[] {
  const tokens: string[] = []
  let token = ''
  for (let at = 0; at < options.length; at++) {
    const char = options[at]!
    if (char === '\\' && at + 1 < options.length) {
      token += char + options[++at]!
    } else if (space.has(char)) {
      if (token !== '') tokens.push(token)
      token = ''
    } else {
      token += char
    }
  }
  if (token !== '') tokens.push(token)
  return tokens
}

function endpointOf(token: string): string | null {
  const prefix = endpointPrefixes.find(candidate => token.startsWith(candidate))
  return prefix === undefined ? null : token.slice(prefix.length)
}

/** The endpoint that options name. Two such tokens count as none, even if they agree. */
export function endpointOption(options: string): string | null {
  const named = splitOptions(options).flatMap(token => endpointOf(token) ?? [])
  return named.length === 1 ? named[0]! : null
}

/** `neon_<name>:<value>` tokens, by name. */
export function neonOptions(options: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const token of splitOptions(options)) {
    const match = neonOption.exec(token)
    if (match) found.set(match[1]!, match[2]!)
  }
  return found
}

/** What is left for the server once the proxy's own tokens are out; null if nothing is. */
export function serverOptions(options: string): string | null {
  const left = splitOptions(options).filter(token => endpointOf(token) === null && !neonOption.test(token))
  return left.length === 0 ? null : left.join(' ')
}
