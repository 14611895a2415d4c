import { environment, envValue } from './shell.ts'
import { quoted, type Snippet } from './snippet.ts'

const optionLine = (options: string | undefined, indent: string): string =>
  options === undefined ? '' : `\n${indent}"options": os.environ["PGOPTIONS"],`

export const django: Snippet = {
  id: 'django',
  title: 'Django',
  files: details => [
    ...environment.files(details),
    {
      name: 'settings.py',
      text: `import os

from dotenv import load_dotenv

load_dotenv()

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PGDATABASE"],
        "USER": os.environ["PGUSER"],
        "PASSWORD": os.environ["PGPASSWORD"],
        "HOST": os.environ["PGHOST"],
        "PORT": os.environ["PGPORT"],
        "OPTIONS": {
            "sslmode": "require",${optionLine(details.options, '            ')}
        },
        # Ask before using a connection again: the database may have slept meanwhile.
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
    }
}`,
    },
    {
      name: 'Terminal',
      text: 'pip install "django" "psycopg[binary]" python-dotenv\npython manage.py migrate',
    },
  ],
  notes: [
    'CONN_MAX_AGE below the suspend time: a connection that nobody uses does not keep the database awake, but is closed when it goes to sleep.',
  ],
}

export const djDatabaseUrl: Snippet = {
  id: 'dj-database-url',
  title: 'dj-database-url',
  files: ({ uri }) => [
    { name: '.env', text: `DATABASE_URL=${envValue(uri)}` },
    {
      name: 'settings.py',
      text: `import dj_database_url

DATABASES = {
    "default": dj_database_url.config(conn_max_age=60, conn_health_checks=True, ssl_require=True)
}`,
    },
  ],
}

export const djangoTests: Snippet = {
  id: 'django-tests',
  title: 'Django tests',
  files: () => [
    {
      name: 'settings.py',
      text: `import sys

# Test databases are made and dropped beside the real one, over the direct host.
if "test" in sys.argv:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": "test_" + DATABASES["default"]["NAME"]}`,
    },
    { name: 'Terminal', text: 'python manage.py test --parallel 4' },
  ],
}

export const psycopg: Snippet = {
  id: 'python',
  title: 'Python',
  files: ({ uri }) => [
    {
      name: 'main.py',
      text: `import psycopg  # pip install "psycopg[binary]"

with psycopg.connect(${quoted(uri)}) as connection:
    print(connection.execute("select version()").fetchone())`,
    },
  ],
}

/** The URL that names its driver to SQLAlchemy. */
export const psycopgUri = (uri: string): string => uri.replace(/^postgresql:/, 'postgresql+psycopg:')

export const sqlalchemy: Snippet = {
  id: 'sqlalchemy',
  title: 'SQLAlchemy',
  files: ({ uri }) => [
    {
      name: 'main.py',
      text: `from sqlalchemy import create_engine, text  # pip install sqlalchemy "psycopg[binary]"

engine = create_engine(
    ${quoted(psycopgUri(uri))},
    pool_pre_ping=True,
)
with engine.connect() as connection:
    print(connection.execute(text("select version()")).scalar())`,
    },
  ],
}
