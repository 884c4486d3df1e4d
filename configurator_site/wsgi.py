"""The door for a WSGI server: `granian --interface wsgi configurator_site.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
application = get_wsgi_application()

from configurator.preparing import prepare_at_start  # noqa: E402 (needs the apps)

prepare_at_start()
