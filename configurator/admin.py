"""Configurations in the administration: to look at, with choices in words, parts and price; nothing is changed here.

Beside them what quotes need: signing keys, rotated and withdrawn here, and how long quotes hold.
"""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString

from catalog.admin.products import register_product_link, register_product_snippet
from catalog.admin.scoped import EDITORS, OWNERS, MerchantScopedAdmin, merchants_for
from catalog.errors import Refusal
from catalog.models import Merchant, Product
from configurator.models import Configuration, QuoteTerms, SigningKey
from configurator.operations import choices_of, configurations_of, follow, offer_of, published
from configurator.quote_signing import moment
from configurator.quotes import Quote, quote_configuration, verify
from configurator.signing_keys import (
    KEYS_SECONDS,
    State,
    published_until,
    rotate_signing_key,
    states_of,
    withdraw_signing_key,
)
from pricing.money import formatted, smallest_unit
from pricing.why import reasons


@admin.register(Configuration)
class ConfigurationAdmin(MerchantScopedAdmin):
    """What shoppers and callers of the API kept."""

    list_display = ("public_id", "product", "version_number", "state", "told_total", "quantity", "changed_at")
    list_filter = ("state", ("product", admin.RelatedOnlyFieldListFilter), "created_at")
    search_fields = ("public_id", "fingerprint")
    list_select_related = ("product", "version", "merchant")
    date_hierarchy = "created_at"
    actions = ("give_quotes",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("public_id", "state"),
                    ("product", "version_number", "merchant"),
                    ("told_total", "quantity", "price_list"),
                )
            },
        ),
        (None, {"fields": ("told_choices", "told_price", "told_why", "told_parts", "told_quote")}),
        ("Record", {"fields": ("fingerprint", ("revision", "locale"), ("created_at", "changed_at", "completed_at"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The list needs none of these, and they are large; a single row fetches them when it is shown.
        return super().get_queryset(request).defer("evaluation", "price_list_document", "version__document")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.count_view)
        return [path("count/<int:product>/", view, name="configurator_configuration_count"), *super().get_urls()]

    def count_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Tell how many configurations the newest version of a product has."""
        merchants = merchants_for(request, self.seen_by)
        row = Product.objects.filter(pk=product, merchant__in=merchants).select_related("merchant").first()
        if row is None or not row.versions.exists():
            raise Http404
        offer = published(row.merchant.slug, row.key)
        context = {
            **self.admin_site.each_context(request),
            "title": "How many configurations",
            "product": row,
            "version": offer.version,
            "count": configurations_of(offer.product),
        }
        return TemplateResponse(request, "admin/configurator/count.html", context)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_quote_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may promise a price for some merchant."""
        return self._may(request, None, EDITORS)

    @admin.action(description="Quote selected configurations", permissions=["quote"])
    def give_quotes(self, request: HttpRequest, rows: QuerySet[Configuration]) -> HttpResponse:
        """Show a fresh quote of each selected configuration, at the price list it was kept with."""
        allowed = rows.filter(merchant__in=merchants_for(request, EDITORS))
        shown: list[tuple[Configuration, Quote | None, str]] = []
        for row in Configuration.objects.select_related("merchant", "product", "version").filter(pk__in=allowed):
            try:
                shown.append((row, quote_configuration(row), ""))
            except Refusal as refusal:
                shown.append((row, None, refusal.sentence))
        context = {**self.admin_site.each_context(request), "title": "Quotes", "opts": self.opts, "quotes": shown}
        response = TemplateResponse(request, "admin/configurator/quotes.html", context)
        add_never_cache_headers(response)
        return response

    @admin.display(description="version", ordering="version__number")
    def version_number(self, row: Configuration) -> int:
        return row.version.number

    @admin.display(description="total", ordering="total")
    def told_total(self, row: Configuration) -> str:
        if row.total is None:
            return "no price"
        # The column has four decimals, whatever the currency has.
        return formatted(row.total.quantize(smallest_unit(row.currency)), row.currency)

    @admin.display(description="choices")
    def told_choices(self, row: Configuration) -> SafeString:
        """Return every option that takes part with its value in words, and who gave it."""
        model, locale = row.version.model, row.locale or None
        shown = [
            {"label": option.label.in_locale(locale), **row.stored["options"][option.key]}
            for option in model.options
            if row.stored["options"].get(option.key, {}).get("active")
        ]
        return _table("choices", rows=shown)

    @admin.display(description="price")
    def told_price(self, row: Configuration) -> SafeString:
        """Return the breakdown, or why there is none."""
        return _table("price", price=row.stored["price"], problem=row.stored["price_problem"])

    @admin.display(description="why this price")
    def told_why(self, row: Configuration) -> SafeString:
        """Return the reason of each price line, as the choices are priced at the list that was kept with them."""
        offer = offer_of(row)
        evaluation = follow(offer, choices_of(row), quantity=row.quantity)
        if evaluation.breakdown is None or evaluation.breakdown.total != row.total:
            return _table("why", rows=())
        return _table("why", rows=reasons(offer.prices, evaluation.breakdown, evaluation.values))

    @admin.display(description="parts")
    def told_parts(self, row: Configuration) -> SafeString:
        """Return the parts of the whole quantity, or why there are none."""
        return _table("parts", items=row.stored["bom"], problem=row.stored["parts_problem"])

    @admin.display(description="quote")
    def told_quote(self, row: Configuration) -> SafeString:
        """Return the token that was given when it was completed, and what is to be believed of it now."""
        found = verify(row.merchant, row.quote) if row.quote else None
        expires = moment(found.claims.exp) if found and found.claims else None
        return _table("quote", token=row.quote, found=found, expires=expires)


@admin.register(SigningKey)
class SigningKeyAdmin(MerchantScopedAdmin):
    """The keys that sign a merchant's quotes. Adding one is rotating; none is changed, and no private half is shown."""

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
            self.message_user(request, _told_rotation(rotate_signing_key(merchant)), messages.SUCCESS)

    @admin.action(description="Withdraw selected keys: nothing they signed counts any more", permissions=["change"])
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
        return "–" if key.withdrawn_at else f"{until:%Y-%m-%d %H:%M}" if until else "it is followed by another"


@admin.register(QuoteTerms)
class QuoteTermsAdmin(MerchantScopedAdmin):
    """How long a merchant's quotes hold."""

    edited_by = OWNERS
    fields = ("merchant", "valid_days", "most_days")
    list_display = ("merchant", "valid_days", "most_days")


def _keys_beside(key: SigningKey) -> list[SigningKey]:
    """Return all keys of the merchant that `key` is of."""
    return list(SigningKey.objects.for_merchant(key.merchant).defer("sealed"))


def _told_rotation(key: SigningKey) -> str:
    return f"{key} is published, and signs from {key.signs_from:%Y-%m-%d %H:%M} UTC on."


def _widget(product: Product) -> str | None:
    """Return the widget's address, or None before the first version."""
    if not product.versions.exists():
        return None
    return reverse("widget", args=[product.merchant.slug, product.key])


def _snippet(product: Product, site: str) -> str | None:
    """Return what a merchant pastes into a page, or None before the first version."""
    widget = _widget(product)
    if widget is None:
        return None
    # By its plain name: pages that were pasted long ago should find the script of today.
    script = urljoin(f"{site}/", f"{settings.STATIC_URL}embed.js")
    return f'<div data-configurator="{site}{widget}"></div>\n<script src="{script}" async></script>'


def _count(product: Product) -> str | None:
    """Return the address of the page that counts configurations, or None before the first version."""
    return reverse("admin:configurator_configuration_count", args=[product.pk]) if product.versions.exists() else None


register_product_link("Open widget", _widget, new_tab=True)
register_product_link("Count configurations", _count)
register_product_snippet("Embed…", "Paste this where the product shall appear in a page of your shop.", _snippet)


def _table(name: str, **context: Any) -> SafeString:
    return render_to_string(f"admin/configurator/configuration.html#{name}", context)
