"""Which address leads to which room."""

from django.contrib import admin
from django.urls import include, path

from configurator_site import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("oauth/", include("integrations.access.urls")),
    path("api/", include("integrations.api.urls")),
    path("", include("configurator.embed.urls")),
]

handler400 = "integrations.api.problems.bad_request"
handler404 = "integrations.api.problems.not_found"
handler500 = "integrations.api.problems.server_error"
