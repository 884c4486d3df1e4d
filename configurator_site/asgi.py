"""The door for an ASGI server; WSGI serves these pages many times faster."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
application = get_asgi_application()

from configurator.preparing import prepare_at_start  # noqa: E402 (needs the apps)

prepare_at_start()
