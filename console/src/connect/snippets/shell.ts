import { type Snippet, shellQuoted } from './snippet.ts'

/**
 * In a `.env` file, which dotenv libraries and shells (`set -a; . ./.env`) read: in single quotes, where nothing is read
 * into it, unless it has one itself. Not quoted where it need not be: `docker run --env-file` takes quotes as they stand.
 */
export const envValue = (text: string): string => {
  if (/^[\w@%+=:,./*-]*$/.test(text)) return text
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}

export const connectionString: Snippet = {
  id: 'uri',
  title: 'Connection string',
  files: ({ uri }) => [{ name: 'URL', text: uri }],
}

export const psql: Snippet = {
  id: 'psql',
  title: 'psql',
  files: ({ uri }) => [{ name: 'Terminal', text: `psql ${shellQuoted(uri)}` }],
}

export const environment: Snippet = {
  id: 'env',
  title: '.env',
  files: details => [
    {
      name: '.env',
      text: [
        `DATABASE_URL=${envValue(details.uri)}`,
        `PGHOST=${envValue(details.host)}`,
        `PGPORT=${details.port}`,
        `PGDATABASE=${envValue(details.database)}`,
        `PGUSER=${envValue(details.role)}`,
        `PGPASSWORD=${envValue(details.password)}`,
        'PGSSLMODE=require',
        'PGCHANNELBINDING=require',
        ...(details.options === undefined ? [] : [`PGOPTIONS=${envValue(details.options)}`]),
      ].join('\n'),
    },
  ],
}

export const withoutSni: Snippet = {
  id: 'without-sni',
  title: 'Without SNI',
  files: ({ uriWithOptions }) => [{ name: 'URL', text: uriWithOptions }],
  notes: [
    'For clients that do not say in the TLS handshake which host they mean, such as libpq before version 14: the endpoint is named in the options instead.',
  ],
}
