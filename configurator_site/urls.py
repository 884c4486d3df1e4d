"""Which address leads to which room."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from configurator_site import health
from configurator_site.demo.shop import shop
from configurator_site.metrics import metrics

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("oauth/", include("integrations.access.urls")),
    path("api/", include("integrations.api.urls")),
    # Before all that is asked for less often.
    path("", include("configurator.embed.urls")),
    path("mail/", include("integrations.automations.urls")),
    path("", include("configurator.quoting.well_known")),
    path("", include("integrations.access.well_known")),
]

if settings.DEMO_SHOP:
    urlpatterns.append(path("", shop, name="shop"))

handler400 = "integrations.api.problems.bad_request"
handler404 = "integrations.api.problems.not_found"
handler500 = "integrations.api.problems.server_error"
