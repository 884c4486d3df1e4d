"""Quotes in the administration: what was promised, until when, and what has become of it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.admin.large_lists import LargeList
from catalog.admin.scoped import MerchantScopedAdmin, merchants_for
from catalog.errors import Refusal
from catalog.roles import roles_with
from configurator.models import KeptQuote
from configurator.quoting.kept import STATES, State, accept, in_state, state_of
from configurator.quoting.tokens import claims_of
from pricing.money import formatted, smallest_unit

QUOTING = roles_with("configurator:quote")


class StateFilter(admin.SimpleListFilter):
    """Quotes by what has become of them."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[State, str]]:
        return [(state, state) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = next((state for state in STATES if state == self.value()), None)
        return queryset if known is None else in_state(queryset, known)


@admin.register(KeptQuote)
class KeptQuoteAdmin(LargeList, MerchantScopedAdmin):
    """Quotes that were given. They are accepted here, too, and never changed otherwise."""

    list_display = (
        "public_id",
        "product",
        "told_total",
        "state",
        "given_at",
        "expires_at",
        "accepted_at",
    )
    list_filter = (StateFilter,)
    list_select_related = ("merchant",)
    search_fields = ("public_id__exact",)
    search_hint = "The whole id, the jti of the token."
    fields = (
        ("public_id", "state"),
        ("product", "version", "merchant", "configuration"),
        ("told_total", "quantity"),
        ("given_at", "expires_at", "accepted_at"),
        "token",
    )
    readonly_fields = ("state", "version", "told_total", "quantity")
    actions = ("accept",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_quote_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may promise a price for some merchant, and so take an acceptance
        down.
        """
        return self._may(request, None, QUOTING)

    @admin.action(description="Accept selected quotes, as their buyers did", permissions=["quote"])
    def accept(self, request: HttpRequest, rows: QuerySet[KeptQuote]) -> None:
        """Write down that buyers took these quotes; those that do not hold are told."""
        accepted = 0
        for row in rows.filter(merchant__in=merchants_for(request, QUOTING)).select_related(
            "merchant"
        ):
            try:
                accept(row.merchant, row.token)
            except Refusal as refused:
                messages.error(request, f"{row}: {refused.sentence}")
            else:
                accepted += 1
                self.log_change(request, row, "Accepted.")
        if accepted:
            messages.success(request, f"{accepted} accepted.")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="state")
    def state(self, row: KeptQuote) -> State:
        return state_of(row)

    @admin.display(description="total")
    def told_total(self, row: KeptQuote) -> str:
        return formatted(row.total.quantize(smallest_unit(row.currency)), row.currency)

    @admin.display(description="version")
    def version(self, row: KeptQuote) -> int:
        return claims_of(row.token).version

    @admin.display(description="quantity")
    def quantity(self, row: KeptQuote) -> int:
        return claims_of(row.token).quantity
