// Every guide, in the order in which they are shown. Each comes when it is opened.

import type { Guide } from './guide.ts'

export interface GuideEntry {
  id: string
  title: string
  /** What it is about, in a line. */
  summary: string
  /** By what else people look for it. */
  words: string
  load: () => Promise<{ guide: Guide }>
}

export const guides: readonly GuideEntry[] = [
  {
    id: 'django',
    title: 'Django',
    summary: 'Settings, tests and CI, migrations, sleep, ASGI, health checks, branches, going back',
    words: 'python psycopg dj-database-url pytest conn_max_age celery gunicorn',
    load: () => import('./pages/django.ts'),
  },
  {
    id: 'node',
    title: 'Node.js',
    summary: 'pg (node-postgres) and postgres.js: pools that live through sleep, and TLS',
    words: 'javascript typescript express next node-postgres postgres.js',
    load: () => import('./pages/node.ts'),
  },
  {
    id: 'prisma',
    title: 'Prisma',
    summary: 'Schema, migrations and the shadow database',
    words: 'javascript typescript orm migrate',
    load: () => import('./pages/prisma.ts'),
  },
  {
    id: 'drizzle',
    title: 'Drizzle',
    summary: 'drizzle-orm over node-postgres, and drizzle-kit',
    words: 'javascript typescript orm migrate',
    load: () => import('./pages/drizzle.ts'),
  },
  {
    id: 'sqlalchemy',
    title: 'SQLAlchemy and FastAPI',
    summary: 'Engines and async engines, Alembic, and a pool that outlives sleep',
    words: 'python asyncpg psycopg alembic flask pool_pre_ping',
    load: () => import('./pages/sqlalchemy.ts'),
  },
  {
    id: 'rails',
    title: 'Ruby on Rails',
    summary: 'database.yml, tests, and Active Record’s pool',
    words: 'ruby activerecord sidekiq pg gem',
    load: () => import('./pages/rails.ts'),
  },
  {
    id: 'laravel',
    title: 'Laravel',
    summary: '.env, config/database.php, migrations and queues',
    words: 'php pdo eloquent symfony',
    load: () => import('./pages/laravel.ts'),
  },
  {
    id: 'go',
    title: 'Go',
    summary: 'pgx, its pool, and database/sql',
    words: 'golang pgxpool gorm sqlc lib/pq',
    load: () => import('./pages/go.ts'),
  },
  {
    id: 'java',
    title: 'Java and Spring',
    summary: 'JDBC, HikariCP, Spring Boot, Flyway',
    words: 'jdbc hikari spring boot kotlin flyway hibernate',
    load: () => import('./pages/java.ts'),
  },
  {
    id: 'dotnet',
    title: '.NET',
    summary: 'Npgsql and Entity Framework Core',
    words: 'c# csharp npgsql ef core entity framework',
    load: () => import('./pages/dotnet.ts'),
  },
  {
    id: 'psql',
    title: 'psql, pg_dump and import',
    summary: 'The command line, and moving a database here from elsewhere',
    words: 'pg_restore dump restore migrate neon supabase rds heroku copy csv',
    load: () => import('./pages/psql.ts'),
  },
  {
    id: 'neon-cli',
    title: 'Neon’s command line',
    summary: 'neon, neonctl, the SDKs and the GitHub actions, pointed at this server',
    words: 'neonctl api key sdk actions ci preview',
    load: () => import('./pages/neon-cli.ts'),
  },
  {
    id: 'terraform',
    title: 'Terraform',
    summary: 'The provider kislerdm/neon against this server',
    words: 'opentofu infrastructure as code provider',
    load: () => import('./pages/terraform.ts'),
  },
  {
    id: 'sni',
    title: 'Clients without SNI',
    summary: '“Endpoint ID is not specified”, and how old clients name the endpoint',
    words: 'tls libpq old psycopg2 options endpoint password inconsistent project name',
    load: () => import('./pages/sni.ts'),
  },
  {
    id: 'host-names',
    title: 'Host names that do not resolve',
    summary: '“could not translate host name”: hosts file, dnsmasq, a domain of your own',
    words: 'dns hosts resolve localhost docker wsl getaddrinfo enotfound',
    load: () => import('./pages/host-names.ts'),
  },
]

export const guideEntry = (id: string): GuideEntry | undefined => guides.find(guide => guide.id === id)
