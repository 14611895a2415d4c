"""DATABASES["default"], made from DATABASE_URL or from the PG* variables.

It is a function of the environment and nothing else, so that it can be tested without a database, and copied
into another project as it is.
"""

import re

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def flag(environ, name, default):
    value = environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0 (also true/false, yes/no, on/off).")


def seconds(environ, name, default):
    """A number of seconds; "none" means for ever, as None does in Django's settings."""
    value = environ.get(name, "").strip().lower()
    if not value:
        return default
    if value == "none":
        return None
    if value.isdecimal():
        return int(value)
    raise ImproperlyConfigured(f"{name} must be a whole number of seconds, or none.")


def database_from_environment(environ):
    # 1. Which database. DATABASE_URL wins over the PG* variables: one value to copy, one value to change.
    url = environ.get("DATABASE_URL", "").strip()
    if url:
        database = _from_url(url)
    elif environ.get("PGHOST") and environ.get("PGDATABASE"):
        database = _from_pg_variables(environ)
    else:
        raise ImproperlyConfigured(
            "No database is configured. Set DATABASE_URL (print one with: npx pilotlight connection-string <project>), "
            "or PGHOST, PGDATABASE, PGUSER and PGPASSWORD."
        )
    options = database.setdefault("OPTIONS", {})

    # 2. TLS. Pilotlight accepts nothing else, and "require" never falls back to plain text (libpq's own default,
    #    "prefer", does). PGSSLMODE beats the URL, so that a copied URL can be made stricter (verify-full) without
    #    editing it, and so that a plain local Postgres can be used (disable).
    options["sslmode"] = environ.get("PGSSLMODE") or options.get("sslmode") or "require"

    # 3. Whom to trust: the file with the certificate authority, needed by verify-ca and verify-full.
    if environ.get("PGSSLROOTCERT"):
        options["sslrootcert"] = environ["PGSSLROOTCERT"]

    # 4. How long a connection is kept between requests. A database without work is suspended after five minutes,
    #    and its sessions end. Django looks at a connection's age when a request begins: with 60 seconds, one that
    #    has been through a suspend is always too old, and is replaced before anybody uses it.
    database["CONN_MAX_AGE"] = seconds(environ, "CONN_MAX_AGE", 60)

    # 5. Sessions may also end within those 60 seconds (a restart, a restore, a changed compute). The check costs
    #    one round trip per request that uses the database, and only when a connection is used again.
    database["CONN_HEALTH_CHECKS"] = flag(environ, "CONN_HEALTH_CHECKS", True)

    # 6. Behind a "-pooler" host each transaction may get another server session. A server-side cursor, which
    #    .iterator() uses, would be looked for in the wrong one: Django must fetch in the plain way.
    database["DISABLE_SERVER_SIDE_CURSORS"] = flag(environ, "DISABLE_SERVER_SIDE_CURSORS", is_pooled(database))

    # 7. Django's own pool, if asked for. It takes the place of CONN_MAX_AGE: Django refuses both together.
    #    min_size 0: an idle site holds no connections, so no dead ones wait in the pool after a suspend.
    #    max_idle 60: far below the five minutes, so that idle connections are closed before a suspend ends them.
    if flag(environ, "DATABASE_POOL", False):
        database["CONN_MAX_AGE"] = 0
        options["pool"] = {"min_size": 0, "max_size": 8, "max_idle": 60, "max_lifetime": 1800, "timeout": 30}

    # 8. The test runner makes this database, and drops it afterwards. It connects to "postgres" to do so.
    database["TEST"] = {"NAME": environ.get("TEST_DATABASE_NAME") or f"test_{database['NAME']}"}

    return database


def _from_url(url):
    # Never put the URL itself into a message: it holds the password.
    try:
        database = dj_database_url.parse(url)
    except ValueError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. It looks like postgresql://role:password@host/database?sslmode=require; "
            "percent-encode special characters in the password (a slash is %2F, a hash %23)."
        ) from error
    if database["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// or postgres://.")
    if not database["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database: it must end with /<database>.")
    return database


def _from_pg_variables(environ):
    # libpq reads PGOPTIONS, PGHOSTADDR and PGCHANNELBINDING by itself; there is nothing to do for them here.
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": environ["PGHOST"],
        "PORT": environ.get("PGPORT", ""),
        "NAME": environ["PGDATABASE"],
        "USER": environ.get("PGUSER", ""),
        "PASSWORD": environ.get("PGPASSWORD", ""),
    }


def is_pooled(database):
    """Whether the endpoint is named with "-pooler": in the host name, in the options, or in the password."""
    if database["HOST"].split(".")[0].endswith("-pooler"):
        return True
    named = re.search(r"(?:^|\s)endpoint=(\S+)", str(database["OPTIONS"].get("options", "")))
    if not named:
        named = re.match(r"endpoint=([^;$]+)[;$]", database["PASSWORD"])
    return bool(named) and named[1].endswith("-pooler")
