"""API keys and OAuth clients in the administration: their secrets are shown once, and nobody gives
them more than they may themselves.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst

from catalog.admin.inputs import LinesField
from catalog.admin.scoped import MerchantScopedAdmin, merchants_for, roles_of
from catalog.errors import Refusal
from catalog.models import Merchant
from catalog.roles import roles_with, scopes_of
from integrations.access.addresses import read_networks
from integrations.access.errors import KeyRefused
from integrations.access.models import ApiClient, ApiKey
from integrations.access.operations import (
    ClientWish,
    Holder,
    change_client,
    create_api_key,
    create_publishable_key,
    read_origins,
    read_redirects,
    register_client,
    revoke_api_key,
    rotate_api_key,
    rotate_client,
)
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


class HeldScopes(forms.ModelForm):  # type: ignore[type-arg]
    """The scopes that are given: at most those that whoever gives them has."""

    holder: Holder | None = None
    """Who gives them; set by the page, None for people of the site."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.holder is not None and "scopes" in self.fields:
            self.fields["scopes"].choices = [  # type: ignore[attr-defined]
                (scope, told)
                for scope, told in self.fields["scopes"].choices  # type: ignore[attr-defined]
                if scope in self.holder.scopes
            ]

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError("Choose a later time, or none.")
        return expires_at


class ApiKeyForm(HeldScopes):
    """What is decided when a key is made."""

    scopes = forms.MultipleChoiceField(
        choices=HeldScopes.base_fields["scopes"].choices,  # type: ignore[attr-defined]
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="May",
        help_text="Of a secret key. A publishable one evaluates, reads products and keeps configurations.",
    )
    origins = LinesField(
        required=False,
        label="Sites",
        help_text="Of a publishable key: whose pages use it, one a line, such as https://shop.example.",
    )

    class Meta:
        model = ApiKey
        fields = ("merchant", "name", "kind", "scopes", "networks", "origins", "expires_at")

    def clean_origins(self) -> list[str]:
        if self.cleaned_data.get("kind") != ApiKey.Kind.PUBLISHABLE:
            return []
        try:
            return read_origins(self.cleaned_data["origins"])
        except KeyRefused as refusal:
            raise forms.ValidationError(refusal.sentence) from None

    def clean(self) -> Any:
        given = super().clean()
        is_secret = self.cleaned_data.get("kind") == ApiKey.Kind.SECRET
        if is_secret and not self.cleaned_data.get("scopes") and "scopes" not in self.errors:
            self.add_error("scopes", "A key without a scope may do nothing.")
        return given


class ApiClientForm(HeldScopes):
    """What an OAuth client is, and what it may."""

    redirects = LinesField(
        required=False,
        label="Back to",
        help_text="Where people are sent back to who let it in, one a line, such as https://erp.example/callback. "
        "Empty: it gets tokens for itself.",
    )
    is_public = forms.BooleanField(
        required=False,
        label="Public",
        help_text="It runs where no secret can be kept: in a browser, or on people's machines.",
    )

    class Meta:
        model = ApiClient
        fields = ("merchant", "name", "scopes", "redirects", "is_public", "networks", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "redirects" in self.fields:
            self.initial["redirects"] = self.instance.redirect_uris.split()
            self.initial["is_public"] = self.instance.client_type == ApiClient.CLIENT_PUBLIC
            self.fields["is_public"].disabled = True
            self.fields["redirects"].disabled = not self.instance.is_for_people

    def wish(self) -> ClientWish:
        """Return what the form says."""
        given = self.cleaned_data
        return ClientWish(
            given["name"],
            given["scopes"],
            given["redirects"],
            given["is_public"],
            given["networks"],
            given["expires_at"],
        )

    def clean(self) -> Any:
        given = super().clean()
        try:
            found = read_redirects(self.cleaned_data.get("redirects", ()))
        except KeyRefused as refusal:
            self.add_error("redirects", refusal.sentence)
            return given
        if self.cleaned_data.get("is_public") and not found:
            self.add_error(
                "redirects", "People let a public client in: name where they go back to."
            )
        if self.instance.pk and self.instance.is_for_people and not found:
            self.add_error("redirects", "Name where people are sent back to.")
        return given


class SecretOnce(MerchantScopedAdmin):
    """Admin of credentials: what adding one brings forth is shown once, on the page that answers."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        shown: Mapping[str, str] = request._shown_once  # type: ignore[attr-defined]
        title = f"{capfirst(self.opts.verbose_name)} made"
        return self.shown_once(request, obj, title, shown)

    def shown_once(
        self, request: HttpRequest, obj: Any, title: str, shown: Mapping[str, str]
    ) -> HttpResponse:
        """Return the page that shows secrets, which no history keeps."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "object": obj,
            "shown": shown,
        }
        response = TemplateResponse(request, "admin/access/made.html", context)
        add_never_cache_headers(response)
        return response


class GivesScopes(SecretOnce):
    """Admin of what acts for a merchant: nobody gives it more than their role has."""

    def holder_of(self, request: HttpRequest, merchant: Merchant) -> Holder | None:
        """Return what the user may give; None for people of the site, who may give all."""
        role = roles_of(request).get(merchant.pk)
        return None if request.user.is_superuser else Holder(scopes_of(role or ""))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not request.user.is_superuser and hasattr(form, "holder"):
            merchants = [obj.merchant] if obj else [*merchants_for(request, self.edited_by)]
            held = [scopes_of(roles_of(request)[each.pk]) for each in merchants]
            form.holder = Holder(frozenset().union(*held))
        return form

    def rotate_one(
        self, request: HttpRequest, rows: QuerySet[Any], overlap: timedelta
    ) -> HttpResponse | None:
        """Rotate the one row that is selected, and show its new secret."""
        row = rows.select_related("merchant").first()
        if row is None or rows.count() != 1:
            self.message_user(request, "Choose one: its new secret is shown once.", messages.ERROR)
            return None
        holder = self.holder_of(request, row.merchant)
        try:
            secret = (
                rotate_api_key(row, overlap, holder)
                if isinstance(row, ApiKey)
                else rotate_client(row, overlap, holder)
            )
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return None
        until = "holds for a day yet" if overlap else "holds no longer"
        return self.shown_once(
            request, row, f"Secret rotated; the one before {until}", {"Secret": secret}
        )

    @admin.action(description="Rotate; the old secret holds for a day", permissions=["change"])
    def rotate(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return self.rotate_one(request, rows, timedelta(days=1))

    @admin.action(description="Rotate; the old secret ends at once", permissions=["change"])
    def rotate_at_once(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return self.rotate_one(request, rows, timedelta(0))


@admin.register(ApiKey)
class ApiKeyAdmin(GivesScopes):
    """API keys: made, looked at, rotated and revoked, never changed."""

    seen_by = roles_with("access:read")
    edited_by = roles_with("access:write")
    form = ApiKeyForm
    list_display = ("name", "merchant", "kind", "prefix", "told_scopes", "state", "last_used_at")
    list_filter = (("merchant", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "prefix")
    actions = ("rotate", "rotate_at_once", "revoke")
    readonly = (
        "merchant",
        "name",
        "kind",
        "prefix",
        "told_scopes",
        "told_networks",
        "told_sites",
        "state",
        "old_until",
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
        holder = self.holder_of(request, obj.merchant)
        if obj.kind == ApiKey.Kind.PUBLISHABLE:
            origins = form.cleaned_data["origins"]
            key, secret = create_publishable_key(
                obj.merchant, obj.name, origins, obj.expires_at, maker, holder
            )
        else:
            key, secret = create_api_key(
                obj.merchant, obj.name, obj.scopes, obj.expires_at, obj.networks, maker, holder
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

    @admin.display(description="on pages of")
    def told_sites(self, key: ApiKey) -> str:
        return ", ".join(site.origin for site in key.sites.all()) or "–"

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        return key.state


class ApiClientAdmin(GivesScopes):
    """OAuth clients: programs that get tokens by themselves, or that people let in."""

    form = ApiClientForm
    seen_by = roles_with("access:read")
    edited_by = roles_with("access:write")
    own = ("name", "scopes", "redirects", "is_public", "networks", "expires_at")
    facts = ("client_id", "created", "last_used_at", "old_until")
    list_display = ("name", "merchant", "client_id", "told_kind", "last_used_at")
    list_filter = (("merchant", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "client_id")
    actions = ("rotate", "rotate_at_once")
    readonly_fields = facts

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        owner = ("merchant",) if self._chooses_merchant(request, obj) else ()
        facts = () if obj is None else self.facts
        return [(None, {"fields": (*owner, *self.own, *facts)})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        holder = self.holder_of(request, obj.merchant)
        if change:
            change_client(obj, form.wish(), holder)
            return
        client, secret = register_client(obj.merchant, form.wish(), holder)
        obj.__dict__.update(client.__dict__)
        shown = {"Client id": client.client_id} | ({"Client secret": secret} if secret else {})
        request._shown_once = shown  # type: ignore[attr-defined]

    @admin.display(description="gets tokens for")
    def told_kind(self, client: ApiClient) -> str:
        return "people who let it in" if client.is_for_people else "itself"
