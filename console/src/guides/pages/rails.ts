import { environment } from '../../connect/snippets/shell.ts'
import { file, type Guide, list, terminal, text } from '../guide.ts'
import { sleepSection, snippetText, trustSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'settings',
      title: 'Settings',
      blocks: [
        terminal('bundle add pg'),
        file('.env', details =>
          // Without DATABASE_URL: Rails would take it for the tests' database, too.
          snippetText(environment, details).replace(/^DATABASE_URL=.*\n/, ''),
        ),
        file(
          'config/database.yml',
          `default: &default
  adapter: postgresql
  encoding: unicode
  host: <%= ENV["PGHOST"] %>
  port: <%= ENV["PGPORT"] %>
  username: <%= ENV["PGUSER"] %>
  password: <%= ENV["PGPASSWORD"] %>
  database: <%= ENV["PGDATABASE"] %>
  sslmode: require
  connect_timeout: 30
  pool: <%= ENV.fetch("RAILS_MAX_THREADS", 5) %>
  # Connections that nobody used for so long are closed.
  idle_timeout: 60

development:
  <<: *default

test:
  <<: *default
  database: test_<%= ENV["PGDATABASE"] %>

production:
  <<: *default`,
        ),
        text(
          '`.env` is read by dotenv-rails (`bundle add dotenv-rails`), or export the variables. What stands in `PGOPTIONS` and `PGCHANNELBINDING` libpq reads by itself.',
        ),
      ],
    },
    {
      id: 'databases',
      title: 'Migrations and tests',
      blocks: [
        terminal('bin/rails db:migrate\nRAILS_ENV=test bin/rails db:create db:schema:load\nbin/rails test'),
        list(
          'Do not set `DATABASE_URL` where tests run: it wins over `database:`, and the tests would empty the database that it names.',
          'The role of this project may make and drop databases, over the direct host, which is what is shown here. Parallel tests make one for each worker.',
          'Fixtures: Rails asks to switch foreign keys off, which needs a superuser, and goes on without. Fixtures that refer to each other have to be listed in order.',
          'After going back to a past moment `schema_migrations` is as it was then: deploy the code of that time, too.',
        ),
      ],
    },
    sleepSection(
      '`idle_timeout: 60` (300 unless set): what idles is closed before it can be ended.',
      'From Rails 7.1 on Active Record verifies a connection before its first query, and connects again if it has ended.',
      'Good Job and Solid Queue ask the database all the time, and keep it awake. Sidekiq keeps its queue elsewhere.',
      'Action Cable over PostgreSQL uses `LISTEN`, which is forgotten with the session: use Redis or Solid Cable with a database that never sleeps.',
    ),
    trustSection,
  ],
}
