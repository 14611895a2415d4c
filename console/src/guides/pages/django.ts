// Django, the whole way. What is claimed here, examples/django-shop and its tests hold us to.

import { django, djangoTests, djDatabaseUrl } from '../../connect/snippets/python.ts'
import { quoted, shellWord } from '../../connect/snippets/snippet.ts'
import { file, type Guide, list, table, terminal, text } from '../guide.ts'
import { named } from './shared.ts'

const ofDjango = (name: string) => named(django, name)

export const guide: Guide = {
  sections: [
    {
      id: 'settings',
      title: 'Settings',
      blocks: [
        text(
          'Django 4.2 or newer with psycopg 3. The details stand in `.env`, which stays out of version control; `settings.py` reads them.',
        ),
        terminal('pip install "django" "psycopg[binary]" python-dotenv'),
        ofDjango('.env'),
        ofDjango('settings.py'),
        terminal('python manage.py migrate\npython manage.py runserver'),
        text(
          'Then leave it alone for some minutes, and load a page again: the database went to sleep, woke up, and the page is there.',
        ),
      ],
    },
    {
      id: 'dj-database-url',
      title: 'With dj-database-url',
      blocks: [
        text(
          'One variable in place of six. Everything behind the `?` reaches the driver: `channel_binding`, `options`, `connect_timeout`. Special characters of the password are percent-encoded, as they are here.',
        ),
        terminal('pip install dj-database-url'),
        named(djDatabaseUrl, '.env'),
        named(djDatabaseUrl, 'settings.py'),
      ],
    },
    {
      id: 'direct-or-pooled',
      title: 'Direct or pooled',
      blocks: [
        text(
          'What is shown here is the direct host. It does everything: migrations, test databases, server-side cursors, `LISTEN`, session settings. Use it everywhere for now. A pooler comes later; host names with `-pooler` are accepted already, and are served directly.',
        ),
        text(
          'Once it is there, a web application with many processes takes the pooled host, and `migrate`, tests and `LISTEN` keep the direct one. Such settings then need `"DISABLE_SERVER_SIDE_CURSORS": True`.',
        ),
      ],
    },
    {
      id: 'migrations',
      title: 'Migrations',
      blocks: [
        text(
          'Over the direct host, as ever. A migration that runs keeps the database awake, however long it takes.',
        ),
        list(
          'Extensions: `CreateExtension` works for the trusted ones (`pg_trgm`, `citext`, `hstore`, `unaccent` …) with the role of this project.',
          'A migration that waits for a lock makes everybody behind it wait, too. Give it a limit: `PGOPTIONS="-c lock_timeout=5s" python manage.py migrate`. Where the endpoint is named in the options, write both: `PGOPTIONS="endpoint=… -c lock_timeout=5s"`.',
          'Try it first on a branch, which has all the data: [a branch for each try](guide:django#branches).',
          'Make a way back before it: [after a bad migration](guide:django#bad-migration).',
        ),
      ],
    },
    {
      id: 'sleep',
      title: 'Sleep, and CONN_MAX_AGE',
      blocks: [
        text(
          'A database without work goes to sleep, after five minutes unless set otherwise, and its sessions end. The next connection wakes it. A connection that Django had kept open is dead by then, and Django does not know it: the request that takes it fails once. Two settings see to it that this does not happen.',
        ),
        list(
          '`CONN_MAX_AGE` of 60: when a request begins, Django closes a connection that is older. One that has lived through a sleep always is. Keep it below the suspend time; 0 is fine, `None` (for ever) is not.',
          '`CONN_HEALTH_CHECKS` of `True`: before a kept connection is used again it is asked once. That catches sessions that ended within the minute: a restart, a restore.',
        ),
        text(
          'Neither keeps the database awake: both act only when a request uses the database. What a session held goes with it: `SET`, temporary tables, `LISTEN`, advisory locks. Code that runs outside of requests (a command that loops, a worker) calls `django.db.close_old_connections()` before each piece of work.',
        ),
      ],
    },
    {
      id: 'what-wakes',
      title: 'What wakes it, and what keeps it awake',
      blocks: [
        table(
          'What wakes and what keeps awake',
          ['', 'wakes', 'keeps awake'],
          ['a new connection', 'yes', 'for the suspend time'],
          ['a query, an open transaction', 'yes', 'yes, for as long as it runs'],
          ['a connection that nobody uses', 'no', 'no: it is ended'],
          ['a wrong password', 'no', 'no'],
          ['a health check that runs SELECT 1', 'yes', 'yes, if it comes more often than the suspend time'],
          ['Celery with the database as its broker, django-q, a poller', 'yes', 'yes, for ever'],
          ['a replication slot that is read, autovacuum', 'no', 'yes'],
        ),
        text(
          'If it never sleeps, look for whatever asks every few seconds: the page of the branch says why it is awake and what woke it, and `pg_stat_activity` shows who is connected (`application_name` helps: set it in `OPTIONS`).',
        ),
      ],
    },
    {
      id: 'health-checks',
      title: 'Health checks',
      blocks: [
        text(
          'A check of the load balancer that touches the database every ten seconds never lets it sleep. Give it one that does not; ask the database by hand, or after a deployment.',
        ),
        file(
          'urls.py',
          `from django.db import connection
from django.http import HttpResponse
from django.urls import path


def alive(request):
    return HttpResponse("ok")


def database(request):
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok")


urlpatterns = [
    path("healthz", alive),  # for the load balancer
    path("healthz/database", database),  # wakes the database
]`,
        ),
        text(
          'Sessions, the messages framework and middleware that loads the user touch the database as well.',
        ),
      ],
    },
    {
      id: 'pool',
      title: 'Django’s own pool',
      blocks: [
        text(
          'From Django 5.1, with psycopg 3. `CONN_MAX_AGE` must be 0 then. The library keeps four connections for up to ten minutes, which is longer than the suspend time: so keep none, and check before handing out.',
        ),
        terminal('pip install "psycopg[binary,pool]"'),
        file(
          'settings.py',
          `DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 8, "max_idle": 60}`,
        ),
      ],
    },
    {
      id: 'asgi',
      title: 'ASGI and async views',
      blocks: [
        text(
          'Under ASGI kept connections do not fit: the work is done in threads that come and go. Set `CONN_MAX_AGE` to 0, or use the pool above. `CONN_HEALTH_CHECKS` can stay.',
        ),
        file('settings.py', 'DATABASES["default"]["CONN_MAX_AGE"] = 0'),
      ],
    },
    {
      id: 'psycopg',
      title: 'psycopg 3 and psycopg2',
      blocks: [
        text(
          'Both work. What counts is the libpq inside: from version 14 on it says which host it wants (SNI), which is how the endpoint is found. The binary packages of today bring a newer one.',
        ),
        terminal(
          `python -c 'import psycopg; print(psycopg.pq.version())'
python -c 'import psycopg2; print(psycopg2._psycopg.libpq_version())'`,
        ),
        text('`140000` or more is good. With less: [clients without SNI](guide:sni).'),
      ],
    },
    {
      id: 'tests',
      title: 'Tests',
      blocks: [
        text(
          '`manage.py test` connects to `postgres`, makes `test_<name>`, migrates it, and drops it. The role of this project may do that, over the direct host.',
        ),
        named(djangoTests, 'settings.py'),
        terminal(
          `python manage.py test
python manage.py test --parallel 4
python manage.py test --keepdb        # the second run is quicker
python manage.py test --noinput       # after an interrupted run: drops what it left, and begins anew`,
        ),
        text(
          'Two runs at the same time need two names: give `TEST["NAME"]` the run’s number, or give each run a branch of its own. With pytest-django, `pytest --create-db` and `pytest -n 4` (xdist) make theirs in the same way.',
        ),
        text(
          'Every query is a round trip: tests are quick where Pilotlight runs on the machine that runs them, and slow against a database in another city.',
        ),
      ],
    },
    {
      id: 'ci',
      title: 'Continuous integration',
      blocks: [
        text(
          'A branch for each run starts with the data of its parent, is made in a moment, and is deleted by itself. The runner has to reach Pilotlight; one on the same machine does.',
        ),
        terminal(
          ({
            projectId,
            branchName,
          }) => `pilotlight branches create ${projectId} --name "ci-$RUN" --parent ${shellWord(branchName)} --ttl 2h
export DATABASE_URL=$(pilotlight connection-string ${projectId} --branch "ci-$RUN")
python manage.py migrate
python manage.py test --noinput
pilotlight branches delete "ci-$RUN" --project ${projectId} --yes`,
        ),
        file(
          '.github/workflows/tests.yml',
          ({ projectId, branchName, apiUrl }) => `name: tests
on: [push]
jobs:
  test:
    runs-on: self-hosted # it has to reach Pilotlight
    steps:
      - uses: actions/checkout@v4
      - uses: neondatabase/create-branch-action@v6
        id: branch
        with:
          project_id: ${projectId}
          api_key: \${{ secrets.PILOTLIGHT_API_KEY }}
          api_host: ${apiUrl}/api/v2
          parent_branch: ${quoted(branchName)}
          branch_name: ci-\${{ github.run_id }}
      - run: |
          pip install -r requirements.txt
          python manage.py test --noinput
        env:
          DATABASE_URL: \${{ steps.branch.outputs.db_url }}
      - uses: neondatabase/delete-branch-action@v3
        if: always()
        with:
          project_id: ${projectId}
          api_key: \${{ secrets.PILOTLIGHT_API_KEY }}
          api_host: ${apiUrl}/api/v2
          branch: ci-\${{ github.run_id }}`,
        ),
      ],
    },
    {
      id: 'branches',
      title: 'A branch for each try, or preview',
      blocks: [
        text(
          'A branch has a host name and all the data of its own: try a migration there, show a pull request with real rows, and throw it away.',
        ),
        terminal(
          ({ projectId }) => `pilotlight branches create ${projectId} --name try --ttl 1d
DATABASE_URL=$(pilotlight connection-string ${projectId} --branch try) python manage.py migrate
pilotlight branches schema-diff try --project ${projectId}`,
        ),
        text(
          'Roles and passwords are those of the parent, unless it is protected. Where the rows are not for everybody’s eyes, make it with `--schema-only`.',
        ),
      ],
    },
    {
      id: 'bad-migration',
      title: 'After a bad migration',
      blocks: [
        text(
          'Any moment of the history can be had back. Look first, without changing anything; then take the branch back. What it was before stays as a branch of its own.',
        ),
        terminal(
          ({
            projectId,
            branchName,
          }) => `pilotlight psql ${projectId} --branch ${shellWord(branchName)} --at 10m    # read-only, as it was ten minutes ago
pilotlight branches restore ${shellWord(branchName)} --project ${projectId} --at 10m`,
        ),
        list(
          'Host name and password stay. Open sessions end, and can connect again at once.',
          'The table `django_migrations` goes back as well: deploy the code that was in use then, or `migrate` applies the newer migrations again.',
          'What was written since is gone from this branch, and stands in the branch that is kept: copy rows back from there.',
          'The console does the same under Branches, Restore.',
        ),
        text('For more than the history holds, take a snapshot before you migrate:'),
        terminal(
          ({ projectId }) => `pilotlight snapshots create ${projectId} --name before-migration --ttl 30d`,
        ),
      ],
    },
    {
      id: 'errors',
      title: 'If something goes wrong',
      blocks: [
        table(
          'Errors and what to do',
          ['you see', 'do this'],
          [
            '`failed to resolve host`, `could not translate host name`',
            '[Host names that do not resolve](guide:host-names)',
          ],
          [
            '`Endpoint ID is not specified`',
            '[Clients without SNI](guide:sni); also where the host is an address without `options`',
          ],
          ['`Inconsistent project name inferred from SNI`', 'host and `options` name different endpoints'],
          [
            '`password authentication failed`',
            'copy the string again; a wrong endpoint gives the same text, on purpose',
          ],
          [
            '`server does not support SSL, but SSL was required`',
            'that is not Pilotlight: another Postgres has the port',
          ],
          [
            '`terminating connection due to administrator command`, `SSL SYSCALL error: EOF detected`, `unexpected eof while reading`',
            'it was suspended or restarted: [CONN_MAX_AGE and CONN_HEALTH_CHECKS](guide:django#sleep)',
          ],
          ["`Pooling doesn't support persistent connections.`", '`CONN_MAX_AGE` must be 0 with a pool'],
          [
            '`database "test_…" is being accessed by other users`',
            'a second run, or a shell that is open on it',
          ],
          [
            '`channel binding required, but …`',
            'TLS is off, or a proxy stands between: else leave `channel_binding=require` out',
          ],
        ),
      ],
    },
  ],
}
