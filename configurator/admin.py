"""Configurations in the administration: to look at, with choices in words, parts and price; nothing is changed here."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString

from catalog.admin.products import register_product_link, register_product_snippet
from catalog.admin.scoped import MerchantScopedAdmin, merchants_for
from catalog.models import Product
from configurator.models import Configuration
from configurator.operations import choices_of, configurations_of, follow, offer_of, published
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
        (None, {"fields": ("told_choices", "told_price", "told_why", "told_parts")}),
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
