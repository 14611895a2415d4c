// Every form in which connection details are handed out, in the order of the dialog.

import { drizzle, node, prisma } from './javascript.ts'
import { dotnet, go, java, php, ruby, rust } from './others.ts'
import { django, djangoTests, djDatabaseUrl, psycopg, sqlalchemy } from './python.ts'
import { connectionString, environment, psql, withoutSni } from './shell.ts'
import type { Snippet } from './snippet.ts'

export type { Details, Snippet, SnippetFile } from './snippet.ts'

export const snippets: readonly Snippet[] = [
  connectionString,
  psql,
  environment,
  django,
  djDatabaseUrl,
  djangoTests,
  psycopg,
  node,
  prisma,
  drizzle,
  sqlalchemy,
  go,
  java,
  rust,
  ruby,
  php,
  dotnet,
  withoutSni,
]
