"""The door for a WSGI server, `granian --interface wsgi --respawn-failed-workers
configurator_site.wsgi:application`.

Without `--respawn-failed-workers`, one worker that is killed ends the whole server.
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from configurator_site.sharing import share_figures
from configurator_site.tracing import begin_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
if settings.METRICS_TOKEN:
    share_figures(settings.DATA_DIR / "figures")
begin_tracing()
inner = get_wsgi_application()

# What follows needs the apps.
from catalog.jobs.worker import start_beside  # noqa: E402
from configurator.preparing import prepare_at_start  # noqa: E402
from configurator_site.bodies import PlainBodies  # noqa: E402

application = PlainBodies(inner, settings.MOST_UNPACKED_BODY)

prepare_at_start()
if settings.EMBEDDED_WORKER:
    start_beside()
