import { node } from '../../connect/snippets/javascript.ts'
import { forOtherDrivers, quoted } from '../../connect/snippets/snippet.ts'
import { file, type Guide, terminal, text } from '../guide.ts'
import { named, sleepSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'pg',
      title: 'pg (node-postgres)',
      blocks: [
        terminal('npm install pg'),
        named(node, 'main.js'),
        text(
          'pg takes `sslmode=require` for “verify the certificate”. `uselibpqcompat=true` gives the word the meaning that it has elsewhere: encrypted, without knowing the authority. `channel_binding` is left out, which pg does not read.',
        ),
      ],
    },
    {
      id: 'postgres-js',
      title: 'postgres.js',
      blocks: [
        terminal('npm install postgres'),
        file(
          'main.js',
          ({ uri }) => `import postgres from 'postgres'

// It sends on to the server what it does not know in a URL: channel_binding is left out.
const sql = postgres(
  ${quoted(forOtherDrivers(uri))},
  { idle_timeout: 60 },
)
console.log(await sql\`select version()\`)
await sql.end()`,
        ),
      ],
    },
    sleepSection(
      'pg: `idleTimeoutMillis` is 10 seconds unless set, far below the suspend time: leave it so. The pool’s `error` event has to be heard, or a session that ends takes the process along.',
      'postgres.js: `idle_timeout: 60`. It opens another connection by itself.',
      'A query that finds its connection dead fails once, with `57P01` or `ECONNRESET`. What may be repeated, repeat.',
      'Give the first connection time: `connectionTimeoutMillis` of some seconds, not of some milliseconds.',
    ),
    {
      id: 'tls',
      title: 'Check the certificate',
      blocks: [
        text(
          'Node has its own list of authorities. Name the file of this installation, which `pilotlight trust` tells, and take `sslmode=verify-full` without `uselibpqcompat`.',
        ),
        terminal('export NODE_EXTRA_CA_CERTS=<data-dir>/tls/ca.crt'),
      ],
    },
    {
      id: 'serverless-driver',
      title: '@neondatabase/serverless',
      blocks: [
        text(
          'It speaks SQL over HTTP and WebSockets, which this server does not have yet. Use pg or postgres.js.',
        ),
      ],
    },
  ],
}
