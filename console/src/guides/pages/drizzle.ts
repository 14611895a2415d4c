import { drizzle } from '../../connect/snippets/javascript.ts'
import { file, type Guide, terminal, text } from '../guide.ts'
import { named, sleepSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'settings',
      title: 'Settings',
      blocks: [
        terminal('npm install drizzle-orm pg dotenv\nnpm install -D drizzle-kit @types/pg'),
        named(drizzle, '.env'),
        named(drizzle, 'db.ts'),
      ],
    },
    {
      id: 'migrations',
      title: 'drizzle-kit',
      blocks: [
        file(
          'drizzle.config.ts',
          `import 'dotenv/config'
import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './schema.ts',
  out: './drizzle',
  dbCredentials: { url: process.env.DATABASE_URL! },
})`,
        ),
        terminal('npx drizzle-kit generate\nnpx drizzle-kit migrate'),
        text(
          'Try a `drizzle-kit push` on a branch first: it changes the schema without a migration to go back by. A restore brings any moment of the history back.',
        ),
      ],
    },
    sleepSection(
      'The pool is that of `pg`: it closes what idles for 10 seconds. Listen for its `error` event where you make the pool yourself: `drizzle({ client: pool })`.',
      'A query that finds its connection dead fails once; the next one gets another.',
    ),
  ],
}
