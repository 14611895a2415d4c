import { envValue } from './shell.ts'
import { forOtherDrivers, quoted, type Snippet, withParameter } from './snippet.ts'

/**
 * node-postgres takes `sslmode=require` for `verify-full`, but for this parameter: encrypted, as libpq has it, without
 * knowing our certificate authority.
 */
const forNode = (uri: string): string => withParameter(forOtherDrivers(uri), 'uselibpqcompat=true')

const trustNote =
  'Encrypted, and the server is not verified. To verify it, set NODE_EXTRA_CA_CERTS to the file that `pilotlight trust` names, and take sslmode=verify-full.'

export const node: Snippet = {
  id: 'node',
  title: 'Node.js',
  files: ({ uri }) => [
    {
      name: 'main.js',
      text: `import pg from 'pg' // npm install pg

const pool = new pg.Pool({
  connectionString:
    ${quoted(forNode(uri))},
})
// A connection that idles may be closed when the database goes to sleep: the pool makes another.
pool.on('error', () => {})
const { rows } = await pool.query('select version()')
console.log(rows[0])
await pool.end()`,
    },
  ],
  notes: [trustNote],
}

export const prisma: Snippet = {
  id: 'prisma',
  title: 'Prisma',
  files: ({ uri }) => [
    { name: '.env', text: `DATABASE_URL=${envValue(withParameter(forNode(uri), 'connect_timeout=30'))}` },
    {
      name: 'prisma.config.ts',
      text: `import 'dotenv/config'
import { defineConfig, env } from 'prisma/config'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  datasource: { url: env('DATABASE_URL') },
})`,
    },
    {
      name: 'prisma/schema.prisma',
      text: `generator client {
  provider = "prisma-client"
  output   = "../generated/prisma"
}

datasource db {
  provider = "postgresql"
}`,
    },
    {
      name: 'db.ts',
      text: `import 'dotenv/config'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/prisma/client'

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL })
export const prisma = new PrismaClient({ adapter })`,
    },
  ],
  notes: [
    'For Prisma 7: npm install prisma @prisma/client @prisma/adapter-pg dotenv. Before 7 the URL stands in schema.prisma: url = env("DATABASE_URL").',
  ],
}

export const drizzle: Snippet = {
  id: 'drizzle',
  title: 'Drizzle',
  files: ({ uri }) => [
    { name: '.env', text: `DATABASE_URL=${envValue(forNode(uri))}` },
    {
      name: 'db.ts',
      text: `import { drizzle } from 'drizzle-orm/node-postgres' // npm install drizzle-orm pg

export const db = drizzle(process.env.DATABASE_URL!)`,
    },
  ],
  notes: [trustNote],
}
