"""The name of the admin, what it leaves out (there is one way to each page, through the product), and its order."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

# What people come for stands first, what is set up once stands last; apps not named here stand between.
_FIRST, _LAST = ("catalog", "pricing", "configurator"), ("access", "auth")

admin.site.site_title = admin.site.site_header = "Open Configurator"
admin.site.index_title = "What would you like to do?"
admin.site.site_url = None
admin.site.enable_nav_sidebar = False

_alphabetical = admin.site.get_app_list


def _app_list(request: HttpRequest, app_label: str | None = None) -> list[Any]:
    return sorted(_alphabetical(request, app_label), key=lambda app: _place(app["app_label"]))


def _place(app: str) -> int:
    if app in _FIRST:
        return _FIRST.index(app) - len(_FIRST)
    return 1 + _LAST.index(app) if app in _LAST else 0


admin.site.get_app_list = _app_list  # type: ignore[method-assign]
