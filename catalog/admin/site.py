"""The name of the admin, who comes in, what it leaves out (there is one way to each page), and its
order.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from catalog.admin.scoped import roles_of
from catalog.models import Membership

# What people come for stands first, what is set up once stands last; apps not named here stand
# between.
_FIRST, _LAST = ("catalog", "pricing", "configurator"), ("access", "auth", "jobs")

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


class MemberAuthenticationForm(AdminAuthenticationForm):
    """Logs in members of merchants as well as staff: whoever has a role for a merchant needs no
    further mark.
    """

    def confirm_login_allowed(self, user: Any) -> None:
        super(AdminAuthenticationForm, self).confirm_login_allowed(user)
        if not _may_enter(user):
            raise self.get_invalid_login_error()


def _may_enter(user: Any) -> bool:
    return bool(
        user.is_active and (user.is_staff or Membership.objects.filter(user_id=user.pk).exists())
    )


def _has_permission(request: HttpRequest) -> bool:
    # The roles are read once a request, whoever asks first.
    return bool(request.user.is_active and (request.user.is_staff or roles_of(request)))


class ForStaff:
    """Django's own tables are for people of the site; members of merchants are not even asked for
    their permissions.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff and super().has_module_permission(request))  # type: ignore[misc]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff and super().has_view_permission(request, obj))  # type: ignore[misc]


for _model in (User, Group):
    _django = type(admin.site._registry[_model])
    admin.site.unregister(_model)
    admin.site.register(_model, type(_django.__name__, (ForStaff, _django), {}))

admin.site.login_form = MemberAuthenticationForm
admin.site.has_permission = _has_permission  # type: ignore[method-assign]
