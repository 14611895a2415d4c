import { prisma } from '../../connect/snippets/javascript.ts'
import { type Guide, list, terminal, text } from '../guide.ts'
import { named, sleepSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'settings',
      title: 'Settings',
      blocks: [
        text('For Prisma 7, whose client talks through a driver adapter.'),
        terminal('npm install prisma @prisma/client @prisma/adapter-pg dotenv'),
        named(prisma, '.env'),
        named(prisma, 'prisma.config.ts'),
        named(prisma, 'prisma/schema.prisma'),
        named(prisma, 'db.ts'),
        text('Before Prisma 7 the URL stands in `schema.prisma`: `url = env("DATABASE_URL")`.'),
      ],
    },
    {
      id: 'migrations',
      title: 'Migrations and the shadow database',
      blocks: [
        terminal('npx prisma migrate dev --name init\nnpx prisma generate'),
        list(
          '`migrate dev` makes a shadow database and drops it. The role of this project may do that; no `shadowDatabaseUrl` is needed.',
          'Use the direct host, which is what is shown here. A pooled one comes later, for the client alone.',
          '`migrate deploy` in production makes no shadow database.',
          'After going back to a past moment `_prisma_migrations` is as it was then: deploy the migrations of that time, too.',
        ),
      ],
    },
    sleepSection(
      'Prisma gives up after 5 seconds when it connects, unless `connect_timeout` says otherwise: 30 stands in the URL.',
      'With the adapter the pool is that of `pg`: connections idle for 10 seconds are closed, far below the suspend time.',
      'Errors P1001, P1017 and `57P01` of a session that has ended are worth one repeat.',
    ),
  ],
}
