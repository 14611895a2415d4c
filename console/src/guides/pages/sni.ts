import { withoutSni } from '../../connect/snippets/shell.ts'
import { file, type Guide, list, table, terminal, text } from '../guide.ts'
import { named } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'why',
      title: 'Why it is needed',
      blocks: [
        text(
          'All endpoints share one port. Clients say which one they want by the host name in the TLS handshake (SNI). One that does not gets `Endpoint ID is not specified`.',
        ),
        table(
          'Clients and since when they send SNI',
          ['client', 'sends SNI'],
          ['libpq: psql, psycopg, psycopg2, Ruby’s pg, PHP', 'from 14 on'],
          ['pgJDBC, Npgsql, node-postgres, pgx, sqlx', 'yes'],
          ['lib/pq (Go)', 'from 1.10 on'],
          ['anything whose host is an address', 'no: addresses have no SNI'],
        ),
        terminal(`psql --version
python -c 'import psycopg2; print(psycopg2._psycopg.libpq_version())'    # 140000 or more`),
        text('The best cure is a newer client. Where that cannot be:'),
      ],
    },
    {
      id: 'options',
      title: 'In the options',
      blocks: [
        text('Works with every client that hands on options, libpq of any age among them:'),
        named(withoutSni, 'URL'),
        text('As an environment variable of libpq:'),
        file('Environment', ({ endpointId }) => `PGOPTIONS=endpoint=${endpointId}`),
      ],
    },
    {
      id: 'password',
      title: 'In the password',
      blocks: [
        text(
          'For clients that take no options. Leave `channel_binding=require` out: this form sends the password as such, inside TLS. In a URL `=` and `;` are written `%3D` and `%3B`; in a shell put it in single quotes.',
        ),
        file('Password', ({ endpointId, password }) => `endpoint=${endpointId};${password}`),
      ],
    },
    {
      id: 'errors',
      title: 'If something goes wrong',
      blocks: [
        list(
          '`Inconsistent project name inferred from SNI`: host and options name different endpoints.',
          '`channel binding required, but …`: with the password form, take `channel_binding=require` away.',
          '`password authentication failed`: the endpoint’s id may be mistyped, too; the text is the same, on purpose.',
        ),
      ],
    },
  ],
}
