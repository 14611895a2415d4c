"""Settings of the example shop. Everything that differs between machines comes from the environment."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .database import database_from_environment, flag

BASE_DIR = Path(__file__).resolve().parent.parent


def words(name, default):
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# --- Development or production -------------------------------------------------------------------------------
# DEBUG IS ON unless DEBUG=0: right for `runserver` on your own machine, wrong on a server.
DEBUG = flag(os.environ, "DEBUG", True)

# In development the key below is good enough. IT IS PUBLIC: with DEBUG=0 the site refuses to start without yours.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("With DEBUG=0, set SECRET_KEY to a long random value.")
    SECRET_KEY = "django-insecure-development-only-this-key-is-public-in-the-repository"

# Only this machine by default. On a server, name your host: ALLOWED_HOSTS=shop.example.com
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", "")

# --- The database ----------------------------------------------------------------------------------------------
# See database.py, and README.md for the reasons.
DATABASES = {"default": database_from_environment(os.environ)}

# --- The application -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "shop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.cart.context_processor",
            ],
        },
    },
]

ROOT_URLCONF = "shop_site.urls"
WSGI_APPLICATION = "shop_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions are in the database, Django's default. A visitor without a cart has no session, and costs no query.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
# UTC is also what the server's sessions are set to: Django then has nothing to change when it connects.
TIME_ZONE = "UTC"
USE_TZ = True

# `runserver` serves these in development. With DEBUG=0 run `collectstatic`, and let your web server do it.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
