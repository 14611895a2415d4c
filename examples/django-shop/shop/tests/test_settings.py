from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from shop_site.database import database_from_environment

HOST = "ep-cool-darkness-12345678.local.localhost"
POOLED = "ep-cool-darkness-12345678-pooler.local.localhost"
URL = f"postgresql://shop_owner:npg_secret@{HOST}/shop?sslmode=require&channel_binding=require"


def database(**environ):
    return database_from_environment(environ)


class UrlTests(SimpleTestCase):
    def test_the_copied_url(self):
        self.assertEqual(
            database(DATABASE_URL=URL),
            {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": HOST,
                "PORT": "",
                "NAME": "shop",
                "USER": "shop_owner",
                "PASSWORD": "npg_secret",
                "OPTIONS": {"sslmode": "require", "channel_binding": "require"},
                "CONN_MAX_AGE": 60,
                "CONN_HEALTH_CHECKS": True,
                "DISABLE_SERVER_SIDE_CURSORS": False,
                "TEST": {"NAME": "test_shop"},
            },
        )

    def test_the_url_with_the_endpoint_in_the_options(self):
        url = "postgresql://o:s@127.0.0.1:5433/shop?sslmode=require&options=endpoint%3Dep-cool-darkness-12345678"
        settings = database(DATABASE_URL=url)
        self.assertEqual((settings["HOST"], settings["PORT"]), ("127.0.0.1", 5433))
        self.assertEqual(settings["OPTIONS"]["options"], "endpoint=ep-cool-darkness-12345678")

    def test_more_options_beside_the_endpoint(self):
        settings = database(DATABASE_URL=f"{URL}&options=endpoint%3Dep-a%20-c%20lock_timeout%3D5s&connect_timeout=30")
        self.assertEqual(settings["OPTIONS"]["options"], "endpoint=ep-a -c lock_timeout=5s")
        self.assertEqual(settings["OPTIONS"]["connect_timeout"], 30)

    def test_special_characters(self):
        settings = database(DATABASE_URL="postgres://a%40b:p%23w%2F1%3B%25@h:20001/my%20shop")
        self.assertEqual((settings["USER"], settings["PASSWORD"], settings["NAME"]), ("a@b", "p#w/1;%", "my shop"))

    def test_url_beats_the_variables(self):
        self.assertEqual(database(DATABASE_URL=URL, PGHOST="other", PGDATABASE="other")["NAME"], "shop")

    def test_mistakes_are_named_and_the_password_is_not(self):
        for url in (
            "mysql://u:npg_secret@h/d",
            "http://u:npg_secret@h/d",
            "postgresql://u:npg_secret@h:port/d",
            "postgresql://u:npg_secret@h/",
            "postgresql://u:npg_secret/x@h/d",
        ):
            with self.subTest(url=url), self.assertRaisesMessage(ImproperlyConfigured, "DATABASE_URL") as caught:
                database(DATABASE_URL=url)
            self.assertNotIn("npg_secret", str(caught.exception))


class VariableTests(SimpleTestCase):
    def test_pg_variables(self):
        settings = database(PGHOST=HOST, PGPORT="5433", PGDATABASE="shop", PGUSER="o", PGPASSWORD="s")
        self.assertEqual(
            [settings[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")], [HOST, "5433", "shop", "o", "s"]
        )
        self.assertEqual(settings["OPTIONS"], {"sslmode": "require"})

    def test_nothing_set(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "npx pilotlight connection-string"):
            database()


class TlsTests(SimpleTestCase):
    def test_require_is_the_default(self):
        self.assertEqual(database(DATABASE_URL="postgresql://u:p@h/d")["OPTIONS"]["sslmode"], "require")

    def test_the_urls_mode_is_kept(self):
        url = URL.replace("sslmode=require", "sslmode=verify-full&sslrootcert=/ca.crt")
        options = database(DATABASE_URL=url)["OPTIONS"]
        self.assertEqual((options["sslmode"], options["sslrootcert"]), ("verify-full", "/ca.crt"))

    def test_the_environment_beats_the_url(self):
        options = database(DATABASE_URL=URL, PGSSLMODE="verify-full", PGSSLROOTCERT="/ca.crt")["OPTIONS"]
        self.assertEqual((options["sslmode"], options["sslrootcert"]), ("verify-full", "/ca.crt"))
        self.assertEqual(database(DATABASE_URL=URL, PGSSLMODE="disable")["OPTIONS"]["sslmode"], "disable")


class ConnectionTests(SimpleTestCase):
    def test_age_and_checks(self):
        settings = database(DATABASE_URL=URL, CONN_MAX_AGE="0", CONN_HEALTH_CHECKS="off")
        self.assertEqual((settings["CONN_MAX_AGE"], settings["CONN_HEALTH_CHECKS"]), (0, False))
        self.assertIsNone(database(DATABASE_URL=URL, CONN_MAX_AGE="none")["CONN_MAX_AGE"])
        for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "DATABASE_POOL"):
            with self.subTest(name=name), self.assertRaisesMessage(ImproperlyConfigured, name):
                database(DATABASE_URL=URL, **{name: "perhaps"})

    def test_pooled_hosts_do_without_server_side_cursors(self):
        pooled = (
            URL.replace(HOST, POOLED),
            "postgresql://u:p@127.0.0.1/d?options=endpoint%3Dep-a-pooler",
            "postgresql://u:endpoint%3Dep-a-pooler%3Bsecret@127.0.0.1/d",
        )
        direct = (
            URL,
            "postgresql://u:p@127.0.0.1/d?options=endpoint%3Dep-a",
            "postgresql://u:endpoint%3Dep-a%3Bx-pooler@127.0.0.1/d",
        )
        for urls, disabled in ((pooled, True), (direct, False)):
            for url in urls:
                with self.subTest(url=url):
                    self.assertIs(database(DATABASE_URL=url)["DISABLE_SERVER_SIDE_CURSORS"], disabled)
        self.assertTrue(database(DATABASE_URL=URL, DISABLE_SERVER_SIDE_CURSORS="1")["DISABLE_SERVER_SIDE_CURSORS"])

    def test_pool_takes_the_place_of_persistent_connections(self):
        settings = database(DATABASE_URL=URL, DATABASE_POOL="1", CONN_MAX_AGE="60")
        self.assertEqual(settings["CONN_MAX_AGE"], 0)
        self.assertEqual(settings["OPTIONS"]["pool"]["min_size"], 0)
        self.assertLess(settings["OPTIONS"]["pool"]["max_idle"], 300)

    def test_name_of_the_test_database(self):
        self.assertEqual(database(DATABASE_URL=URL, TEST_DATABASE_NAME="ci_7")["TEST"], {"NAME": "ci_7"})
