import { psycopgUri, sqlalchemy } from '../../connect/snippets/python.ts'
import { quoted, shellQuoted } from '../../connect/snippets/snippet.ts'
import { file, type Guide, terminal, text } from '../guide.ts'
import { named, sleepSection, trustSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'engine',
      title: 'SQLAlchemy',
      blocks: [
        terminal('pip install sqlalchemy "psycopg[binary]"'),
        named(sqlalchemy, 'main.py'),
        text('The URL names the driver: `postgresql+psycopg:`. Everything behind the `?` reaches it.'),
      ],
    },
    {
      id: 'fastapi',
      title: 'FastAPI, with an async engine',
      blocks: [
        terminal('pip install fastapi uvicorn sqlalchemy greenlet "psycopg[binary]"'),
        file(
          'app.py',
          ({ uri }) => `from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(
    ${quoted(psycopgUri(uri))},
    pool_pre_ping=True,
    pool_recycle=60,
)
app = FastAPI()


@app.get("/healthz")
async def alive():  # for the load balancer: it does not touch the database
    return "ok"


@app.get("/version")
async def version():
    async with engine.connect() as connection:
        return await connection.scalar(text("select version()"))`,
        ),
        terminal('uvicorn app:app'),
        text(
          'psycopg 3 does both kinds of engines with one URL. asyncpg reads no `sslmode` and no `channel_binding`: it takes `connect_args={"ssl": "require"}` in their place.',
        ),
      ],
    },
    {
      id: 'alembic',
      title: 'Alembic',
      blocks: [
        text('Take the URL from the environment, so that a branch is migrated by another variable.'),
        file(
          'env.py',
          `import os

# A % in the password would be read as the beginning of a placeholder.
config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))`,
        ),
        terminal(
          ({ uri }) => `export DATABASE_URL=${shellQuoted(psycopgUri(uri))}
alembic upgrade head`,
        ),
        text(
          'After going back to a past moment `alembic_version` is as it was then: deploy the code of that time, too.',
        ),
      ],
    },
    sleepSection(
      '`pool_pre_ping=True`: a connection is asked before it is handed out, and replaced if it has ended.',
      '`pool_recycle=60`: one that is older is replaced without asking. Keep it below the suspend time.',
      '`poolclass=NullPool` for scripts and functions that run seldom.',
    ),
    trustSection,
  ],
}
