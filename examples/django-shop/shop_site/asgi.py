import os

from django.core.asgi import get_asgi_application

# Under ASGI set CONN_MAX_AGE=0 or DATABASE_POOL=1; README.md says why.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_site.settings")
application = get_asgi_application()
