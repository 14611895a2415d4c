/** What a snippet is filled in with: the current choice of the dialog. The password may be a row of dots. */
export interface Details {
  /** As the API gives it: by host name, or by address and options where this machine does not resolve such names. */
  uri: string
  /** For clients that send no SNI. */
  uriWithOptions: string
  /** What the client connects to. */
  host: string
  port: number
  /** Set where `host` does not name the endpoint: libpq's `options`, `endpoint=ep-…`. */
  options: string | undefined
  role: string
  password: string
  database: string
}

export interface SnippetFile {
  /** Where it belongs: `settings.py`, `.env`; a command has `Terminal`. */
  name: string
  text: string
}

export interface Snippet {
  id: string
  title: string
  files: (details: Details) => SnippetFile[]
  /** What one should know before relying on it. */
  notes?: string[]
}

/** In single quotes for a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** As it stands where a shell reads nothing into it. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text))

/** A string of Python, JavaScript, Go, Java, C# or Rust: what JSON escapes, they all read. */
export const quoted = (text: string): string => JSON.stringify(text)

/** The URL without a parameter that its reader does not know. */
export function without(uri: string, ...names: string[]): string {
  const [base, query = ''] = uri.split('?') as [string, string?]
  const kept = query.split('&').filter(part => part !== '' && !names.includes(part.split('=')[0]!))
  return kept.length > 0 ? `${base}?${kept.join('&')}` : base
}

export const withParameter = (uri: string, parameter: string): string =>
  `${uri}${uri.includes('?') ? '&' : '?'}${parameter}`

/** Without the parameters of libpq's that drivers of other languages do not read, or send on to the server. */
export const forOtherDrivers = (uri: string): string => without(uri, 'channel_binding')
