"""Webhooks in the administration: who is told of what, how it went, and what can be done where it
did not.
"""

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from catalog.admin.inputs import LinesField
from catalog.admin.large_lists import AmongOwn, LargeList
from catalog.admin.scoped import HoldsCosts, MayTellCosts, MerchantScopedAdmin
from catalog.counts import told_count
from catalog.errors import Refusal
from catalog.roles import roles_with
from integrations.access.admin import SecretOnce
from integrations.webhooks import operations
from integrations.webhooks.catalogue import chosen
from integrations.webhooks.credentials import CertificateWish, LetIn, OAuthWish
from integrations.webhooks.models import Attempt, Delivery, Endpoint, Event
from integrations.webhooks.operations import MOST_CONDITION, Wish

COLUMNS = (
    "name",
    "url",
    "events",
    "products",
    "channels",
    "condition",
    "payload",
    "payload_version",
    "costs",
    "asymmetric",
)
"""What an endpoint is, by the columns that hold it as it is told."""
KEPT = "•••"
"""Stands in the form for the value of a header that is kept."""


class HeadersField(forms.CharField):
    """Headers such as `X-Api-Key: secret`, one a line; a value that is kept is told as dots."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name}: {KEPT}" for name in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> dict[str, str | None]:
        lines = [line.partition(":") for line in super().clean(value).splitlines() if line.strip()]
        if bad := next((name for name, mark, _ in lines if not mark), None):
            raise forms.ValidationError(f"Write a header as 'X-Api-Key: secret', not '{bad}'.")
        names = [name.strip() for name, *_ in lines]
        if len(set(names)) < len(names):
            raise forms.ValidationError("A header is named twice.")
        return {
            name.strip(): None if text.strip() == KEPT else text.strip() for name, _, text in lines
        }

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial or []) != (data or "").strip())


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an endpoint is, and what it is told."""

    events = forms.MultipleChoiceField(
        choices=[(kind.name, f"{kind.told} ({kind.name})") for kind in chosen()],
        widget=forms.CheckboxSelectMultiple,
        label="Is told when",
        required=False,
        help_text="None: it is told of everything, also of what later releases add.",
    )
    products = LinesField(
        required=False,
        label="Only products",
        help_text="Keys of products, one a line. Empty: it is told of all products.",
    )

    channels = LinesField(
        required=False,
        label="Only channels",
        help_text="Keys of sales channels, one a line. Empty: it is told of all. Events of no channel are told anyway.",
    )
    condition = forms.CharField(
        required=False,
        max_length=MOST_CONDITION,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField vExpression"}),
        label="Only if",
        help_text="A condition on what the event says, such as total > 1000. Choose the events that it is asked of.",
    )
    headers = HeadersField(
        required=False,
        help_text=f"Sent with every event, such as X-Api-Key: secret, one a line. {KEPT} keeps the value there is.",
    )
    token_url = forms.CharField(
        required=False,
        label="OAuth: token URL",
        help_text="Where a token is fetched by client credentials.",
    )
    client_id = forms.CharField(required=False, max_length=200, label="OAuth: client")
    client_secret = forms.CharField(
        required=False,
        max_length=1000,
        label="OAuth: secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Empty: the secret there is stays.",
    )
    scope = forms.CharField(required=False, max_length=500, label="OAuth: scope")
    chain = forms.CharField(
        required=False,
        label="Client certificate",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="In PEM, with the chain behind it, for receivers that want mutual TLS.",
    )
    chain_key = forms.CharField(
        required=False,
        label="Its private key",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="In PEM without a password. It is kept encrypted and never shown. Empty: the key there is stays.",
    )

    class Meta:
        model = Endpoint
        fields = ("merchant", *COLUMNS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: Endpoint = self.instance
        oauth = row.oauth or {}
        kept = {"headers": row.header_names, "chain": row.certificate, **oauth}
        for name, value in kept.items():
            self.initial.setdefault(name, value)

    def clean(self) -> Any:
        given = super().clean()
        merchant = (given or {}).get("merchant") or getattr(self.instance, "merchant", None)
        if given and not self.errors and merchant is not None:
            try:
                operations.refuse_wish(
                    merchant, self.wish(), self.instance if self.instance.pk else None
                )
            except Refusal as refusal:
                place = next((each["pointer"] for each in refusal.data.get("errors", ())), "/url")
                self.add_error(_field_at(place, self.fields), refusal.sentence)
        return given

    def wish(self) -> Wish:
        """Return what the form says."""
        given = self.cleaned_data
        secret, key = given["client_secret"] or None, given["chain_key"] or None
        oauth, certificate = None, None
        if given["token_url"]:
            oauth = OAuthWish(given["token_url"], given["client_id"], secret, given["scope"])
        if given["chain"]:
            certificate = CertificateWish(given["chain"], key)
        let_in = LetIn(given["headers"], oauth, certificate)
        return Wish(**{name: given[name] for name in COLUMNS}, let_in=let_in)


@admin.register(Endpoint)
class EndpointAdmin(MayTellCosts, SecretOnce):
    """Endpoints: made with a secret that is shown once, looked at, tested, stopped and started
    again.
    """

    form = EndpointForm
    own = ("name", "url", "events", "payload", "payload_version", "costs", "asymmetric")
    filters = ("products", "channels", "condition")
    let_in = ("headers", "token_url", "client_id", "client_secret", "scope", "chain", "chain_key")
    seen_by = roles_with("webhooks:read")
    edited_by = roles_with("webhooks:write")
    list_display = ("name", "url", "told_events", "told_state", "told_waiting", "told_last")
    list_filter = ("state", ("merchant", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "url", "public_id__exact")
    actions = ("test", "rotate", "enable", "disable", "recover_day", "recover_all")
    facts = (
        "told_state",
        "told_waiting",
        "told_day",
        "told_last",
        "told_deliveries",
        "public_id",
        "created_at",
    )
    readonly_fields = (*facts, "told_key")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            owner = ("merchant",) if self._chooses_merchant(request, obj) else ()
            return [(None, {"fields": (*owner, *self.own)}), *self._sections()]
        facts = (*self.facts, "told_key") if obj.public_key else self.facts
        return [
            ("How it does", {"fields": facts}),
            ("What it is told", {"fields": self.own}),
            *self._sections(),
        ]

    def _sections(self) -> list[Any]:
        return [
            ("Only some of it", {"fields": self.filters}),
            ("What lets it in at the receiver", {"fields": self.let_in, "classes": ("collapse",)}),
        ]

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        if change:
            operations.change_endpoint(obj, form.wish())
            return
        endpoint, secret = operations.make_endpoint(obj.merchant, form.wish())
        obj.__dict__.update(endpoint.__dict__)
        request._shown_once = _shown(endpoint, secret)  # type: ignore[attr-defined]

    # -- what the pages tell

    def _health(self, endpoint: Endpoint) -> operations.Health:
        found: operations.Health | None = endpoint.__dict__.get("_health")
        if found is None:
            found = endpoint.__dict__["_health"] = operations.health_of([endpoint])[endpoint.pk]
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with the health of all its rows, asked for at once."""
        shown = super().get_changelist_instance(request)
        rows = list(shown.result_list)
        health = operations.health_of(rows)
        for row in rows:
            row.__dict__["_health"] = health[row.pk]
        shown.result_list = rows
        return shown

    @admin.display(description="is told of")
    def told_events(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.events) or "everything"

    @admin.display(description="state", ordering="state")
    def told_state(self, endpoint: Endpoint) -> str:
        if not endpoint.is_active:
            return f"Disabled. {endpoint.disabled_because}"
        if endpoint.failing_since is not None:
            return f"Fails for {timesince(endpoint.failing_since)}; it is tried on."
        return "Active"

    @admin.display(description="waits")
    def told_waiting(self, endpoint: Endpoint) -> str:
        health = self._health(endpoint)
        if not health.pending or health.oldest_at is None:
            return "nothing"
        return f"{health.pending:,}, the oldest for {timesince(health.oldest_at)}"

    @admin.display(description="last day")
    def told_day(self, endpoint: Endpoint) -> str:
        health = self._health(endpoint)
        return f"{health.taken:,} taken, {health.failed:,} failed"

    @admin.display(description="last attempt")
    def told_last(self, endpoint: Endpoint) -> str:
        health = self._health(endpoint)
        if health.last_at is None:
            return "none yet"
        told = health.last_error or f"It answered {health.last_status}."
        return f"{timesince(health.last_at)} ago: {told}"

    @admin.display(description="public key")
    def told_key(self, endpoint: Endpoint) -> str:
        return str(endpoint.public_key)

    @admin.display(description="deliveries")
    def told_deliveries(self, endpoint: Endpoint) -> SafeString:
        address = reverse("admin:webhooks_delivery_changelist")
        return format_html(
            '<a href="{}?endpoint__id__exact={}">What it was sent</a>', address, endpoint.pk
        )

    # -- what people do

    @admin.action(description="Send a test to selected endpoints", permissions=["change"])
    def test(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        self._each(request, endpoints, operations.send_test, "A test is on its way to {}.")

    @admin.action(
        description="Enable selected endpoints, beginning with a test", permissions=["change"]
    )
    def enable(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        told = "{} is enabled. Send again what it missed by another action."
        self._each(request, endpoints, operations.enable, told)

    @admin.action(description="Disable selected endpoints", permissions=["change"])
    def disable(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        self._each(
            request,
            endpoints,
            operations.disable_by_hand,
            "{} is sent nothing until it is enabled.",
        )

    @admin.action(description="Send what was missed in the last 24 hours", permissions=["change"])
    def recover_day(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        self._recover(request, endpoints, timedelta(days=1))

    @admin.action(description="Send what was missed in the last 30 days", permissions=["change"])
    def recover_all(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        self._recover(request, endpoints, operations.KEPT)

    @admin.action(description="Rotate the secret of the selected endpoint", permissions=["change"])
    def rotate(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> HttpResponse | None:
        if len(endpoints) != 1:
            self.message_user(
                request, "Select one endpoint: its new secret is shown once.", messages.WARNING
            )
            return None
        endpoint = endpoints[0]
        secret = operations.rotate_secret(endpoint)
        endpoint.refresh_from_db()
        response = TemplateResponse(
            request,
            "admin/access/made.html",
            {
                **self.admin_site.each_context(request),
                "title": "Secret rotated; the one before signs beside it for a day",
                "opts": self.opts,
                "object": endpoint,
                "shown": _shown(endpoint, secret),
            },
        )
        add_never_cache_headers(response)
        return response

    def _recover(
        self, request: HttpRequest, endpoints: QuerySet[Endpoint], lately: timedelta
    ) -> None:
        since = timezone.now() - lately

        def recover(endpoint: Endpoint) -> str:
            count = operations.recover(endpoint, since)
            return f"{told_count(count, 'event')} {'is on its' if count == 1 else 'are on their'} way to {endpoint}."

        self._each(request, endpoints, recover, "")

    def _each(
        self, request: HttpRequest, endpoints: Collection[Any], do: Callable[[Any], Any], told: str
    ) -> None:
        for each in endpoints:
            try:
                found = do(each)
            except Refusal as refusal:
                self.message_user(request, f"{each}: {refusal.sentence}", messages.ERROR)
            else:
                self.message_user(request, told.format(each) or found, messages.SUCCESS)


_PLACES = {"oauth": "token_url", "certificate": "chain"}


def _field_at(pointer: str, fields: Collection[str]) -> str | None:
    """Return the field of the form that a pointer into an endpoint means; None for the form as a
    whole.
    """
    first, *rest = pointer[1:].split("/")
    if rest and rest[0] in fields:
        return rest[0]
    name = _PLACES.get(first, first)
    return name if name in fields else None


def _shown(endpoint: Endpoint, secret: str) -> dict[str, str]:
    return {
        "Secret": secret,
        **({"Public key": endpoint.public_key} if endpoint.public_key else {}),
    }


class OnlySeen(MerchantScopedAdmin):
    """Rows that the software writes: members of the merchant look at them, nobody changes them by
    hand.
    """

    seen_by = roles_with("webhooks:read")
    edited_by = roles_with("webhooks:write")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Actions need it on the list; a single row is only looked at.
        return obj is None and super().has_change_permission(request, obj)


@admin.register(Delivery)
class DeliveryAdmin(LargeList, HoldsCosts, OnlySeen):
    """What was brought to whom, what is on its way, and what was given up."""

    costs_path = "event__costs"
    list_display = ("type", "about", "endpoint", "state", "attempts", "told_next", "happened")
    list_filter = ("state", ("endpoint", AmongOwn), "event__type")
    search_fields = ("public_id__exact", "event__public_id__exact", "event__object_id__exact")
    search_hint = "The whole id of a delivery, an event, or what it is about."
    list_select_related = ("event", "endpoint__merchant")
    actions = ("again",)
    fields = (
        "type",
        "about",
        "endpoint",
        "state",
        "told_next",
        "happened",
        "public_id",
        "told_tries",
        "said",
    )
    readonly_fields = fields

    @admin.display(description="event", ordering="event__type")
    def type(self, delivery: Delivery) -> str:
        return delivery.event.type

    @admin.display(description="about")
    def about(self, delivery: Delivery) -> str:
        return f"{delivery.event.object_type} {delivery.event.object_id}"

    @admin.display(description="next attempt")
    def told_next(self, delivery: Delivery) -> Any:
        return delivery.due_at if delivery.state == Delivery.State.PENDING else None

    @admin.display(description="happened")
    def happened(self, delivery: Delivery) -> Any:
        return delivery.event.created_at

    @admin.display(description="attempts")
    def told_tries(self, delivery: Delivery) -> SafeString | str:
        rows = format_html_join(
            "", "<li>{}</li>", ((_told_try(each),) for each in delivery.tries.all())
        )
        return format_html("<ol>{}</ol>", rows) if rows else "none yet"

    @admin.display(description="says")
    def said(self, delivery: Delivery) -> SafeString:
        return _pretty(delivery.event)

    @admin.action(description="Send selected deliveries again", permissions=["change"])
    def again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        sent = 0
        for each in deliveries:
            try:
                operations.redeliver(each)
                sent += 1
            except Refusal as refusal:
                self.message_user(request, f"{each}: {refusal.sentence}", messages.ERROR)
        if sent:
            self.message_user(
                request, f"{sent} on their way again, under the same ids.", messages.SUCCESS
            )


@admin.register(Event)
class EventAdmin(LargeList, HoldsCosts, OnlySeen):
    """What happened in the last thirty days and was of interest to some endpoint."""

    costs_path = "costs"
    list_display = ("type", "object_type", "object_id", "sequence", "created_at")
    list_filter = ("type",)
    search_fields = ("public_id__exact", "object_id__exact")
    search_hint = "The whole id of an event, or of what it is about."
    fields = (
        "type",
        "object_type",
        "object_id",
        "sequence",
        "created_at",
        "public_id",
        "told_deliveries",
        "said",
    )
    readonly_fields = fields

    @admin.display(description="deliveries")
    def told_deliveries(self, event: Event) -> str:
        rows = event.deliveries.select_related("endpoint")
        return "; ".join(f"{row.endpoint}: {row.get_state_display()}" for row in rows) or "none"

    @admin.display(description="says")
    def said(self, event: Event) -> SafeString:
        return _pretty(event)


def _pretty(event: Event) -> SafeString:
    # What scrolls is reached by keys, too.
    return format_html(
        '<pre tabindex="0">{}</pre>', json.dumps(event.envelope(), indent=2, ensure_ascii=False)
    )


def _told_try(attempt: Attempt) -> SafeString:
    """Return when an attempt was made, what it came to, how long it took, and the beginning of the
    answer.
    """
    at = date_format(timezone.localtime(attempt.at), "DATETIME_FORMAT")
    told = (
        f"{at}: {attempt.error or f'It answered {attempt.status}.'} ({attempt.milliseconds:,} ms)"
    )
    return (
        format_html('{}<pre tabindex="0">{}</pre>', told, attempt.answer)
        if attempt.answer
        else escape(told)
    )
