"""API keys and OAuth clients in the administration: made by a merchant's owners, their secrets
shown once.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst

from catalog.admin.scoped import MerchantScopedAdmin
from catalog.roles import roles_with
from integrations.access.addresses import read_networks
from integrations.access.errors import KeyRefused
from integrations.access.models import ApiKey
from integrations.access.operations import create_api_key, register_client, revoke_api_key
from integrations.access.scopes import SCOPES


class NetworksField(forms.CharField):
    """Addresses and ranges, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        try:
            return [str(network) for network in read_networks(lines)]
        except KeyRefused as refusal:
            raise forms.ValidationError(refusal.sentence) from None


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is decided when a key is made."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{told} ({scope})") for scope, told in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        label="May",
    )
    networks = NetworksField(
        required=False,
        label="Only from",
        help_text="Addresses or ranges such as 203.0.113.0/24, one a line. Empty: from everywhere.",
    )

    class Meta:
        model = ApiKey
        fields = ("merchant", "name", "scopes", "networks", "expires_at")

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError("Choose a later time, or none.")
        return expires_at


class SecretOnce(MerchantScopedAdmin):
    """Admin of credentials: what adding one brings forth is shown once, on the page that answers."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        shown: Mapping[str, str] = request._shown_once  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{capfirst(self.opts.verbose_name)} made",
            "opts": self.opts,
            "object": obj,
            "shown": shown,
        }
        response = TemplateResponse(request, "admin/access/made.html", context)
        add_never_cache_headers(response)
        return response


@admin.register(ApiKey)
class ApiKeyAdmin(SecretOnce):
    """API keys: made, looked at and revoked, never changed."""

    seen_by = roles_with("access:read")
    edited_by = roles_with("access:write")
    form = ApiKeyForm
    list_display = ("name", "merchant", "prefix", "told_scopes", "state", "last_used_at")
    list_filter = (("merchant", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "prefix")
    actions = ("revoke",)
    readonly = (
        "merchant",
        "name",
        "prefix",
        "told_scopes",
        "told_networks",
        "state",
        "expires_at",
        "revoked_at",
    )
    facts = ("created_at", "created_by", "last_used_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj is None else (*self.readonly, *self.facts)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Actions need it on the list; a single key is only looked at.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        maker = request.user if request.user.is_authenticated else None
        key, secret = create_api_key(
            obj.merchant, obj.name, obj.scopes, obj.expires_at, obj.networks, maker
        )
        obj.__dict__.update(key.__dict__)
        request._shown_once = {"API key": secret}  # type: ignore[attr-defined]

    @admin.action(description="Revoke selected API keys", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for key in keys:
            revoke_api_key(key)
        self.message_user(
            request,
            f"{len(keys)} revoked. They may be answered for some seconds yet.",
            messages.SUCCESS,
        )

    @admin.display(description="may")
    def told_scopes(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="only from")
    def told_networks(self, key: ApiKey) -> str:
        return ", ".join(key.networks) or "everywhere"

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        if key.revoked_at is not None:
            return "revoked"
        return (
            "expired"
            if key.expires_at is not None and key.expires_at <= timezone.now()
            else "valid"
        )


class ApiClientAdmin(SecretOnce):
    """OAuth clients: machines that get tokens by themselves, each for one merchant."""

    seen_by = roles_with("access:read")
    edited_by = roles_with("access:write")
    fields = ("merchant", "name")
    list_display = ("name", "merchant", "client_id", "created")
    list_filter = (("merchant", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "client_id")
    readonly_fields = ("client_id", "created")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is None else (*self.fields, *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        client, secret = register_client(obj.merchant, obj.name)
        obj.__dict__.update(client.__dict__)
        request._shown_once = {"Client id": client.client_id, "Client secret": secret}  # type: ignore[attr-defined]
