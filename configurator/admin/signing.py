"""What quotes need, in the administration: signing keys, rotated and withdrawn here, and how long
quotes hold.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from catalog.admin.scoped import OWNERS, MerchantScopedAdmin
from catalog.models import Merchant
from configurator.models import QuoteTerms, SigningKey
from configurator.quoting.signing_keys import (
    KEYS_SECONDS,
    State,
    published_until,
    rotate_signing_key,
    states_of,
    withdraw_signing_key,
)


@admin.register(SigningKey)
class SigningKeyAdmin(MerchantScopedAdmin):
    """The keys that sign a merchant's quotes. Adding one is rotating; none is changed, and no
    private half is shown.
    """

    seen_by = OWNERS
    edited_by = OWNERS
    fields = ("merchant",)
    list_display = ("kid", "merchant", "state", "signs_from", "told_until", "created_at")
    list_filter = (("merchant", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("merchant",)
    actions = ("rotate", "withdraw")
    shown = ("kid", "merchant", "state", "signs_from", "told_until", "withdrawn_at", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("sealed")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj is None else self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Actions need it on the list; a single key is only looked at.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SigningKey, form: Any, change: bool) -> None:
        obj.__dict__.update(rotate_signing_key(obj.merchant).__dict__)
        self.message_user(request, _told_rotation(obj), messages.INFO)

    @admin.action(description="Rotate signing key", permissions=["change"])
    def rotate(self, request: HttpRequest, keys: QuerySet[SigningKey]) -> None:
        """Make the next key of each merchant that a selected key is of."""
        for merchant in Merchant.objects.filter(signing_keys__in=keys).distinct():
            self.message_user(
                request, _told_rotation(rotate_signing_key(merchant)), messages.SUCCESS
            )

    @admin.action(
        description="Withdraw selected keys: nothing they signed counts any more",
        permissions=["change"],
    )
    def withdraw(self, request: HttpRequest, keys: QuerySet[SigningKey]) -> None:
        """Withdraw keys that others may know."""
        for key in keys:
            withdraw_signing_key(key)
        told = f"{len(keys)} withdrawn. Shops may know the old keys for {KEYS_SECONDS // 60} minutes yet."
        self.message_user(request, told, messages.SUCCESS)

    @admin.display(description="state")
    def state(self, key: SigningKey) -> State:
        return states_of(_keys_beside(key), timezone.now())[key.pk]

    @admin.display(description="published until")
    def told_until(self, key: SigningKey) -> str:
        until = None if key.withdrawn_at else published_until(key, _keys_beside(key))
        return (
            "–"
            if key.withdrawn_at
            else f"{until:%Y-%m-%d %H:%M}"
            if until
            else "it is followed by another"
        )


@admin.register(QuoteTerms)
class QuoteTermsAdmin(MerchantScopedAdmin):
    """How long a merchant's quotes hold."""

    edited_by = OWNERS
    fields = ("merchant", "valid_days", "most_days", "open_days")
    list_display = ("merchant", "valid_days", "most_days", "open_days")


def _keys_beside(key: SigningKey) -> list[SigningKey]:
    """Return all keys of the merchant that `key` is of."""
    return list(SigningKey.objects.for_merchant(key.merchant).defer("sealed"))


def _told_rotation(key: SigningKey) -> str:
    return f"{key} is published, and signs from {key.signs_from:%Y-%m-%d %H:%M} UTC on."
