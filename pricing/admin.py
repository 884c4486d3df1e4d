"""Admin of price lists: the terms of each market, as a product manager keeps them."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from catalog.admin.products import register_product_link
from catalog.admin.scoped import MerchantScopedAdmin, merchants_for
from catalog.admin.texts import TranslatedForm
from catalog.errors import Refusal
from catalog.models import Product
from pricing.models import PriceList
from pricing.operations import export_product
from pricing.product_file import write_product_file

PRIMARY_LOCALE = "en"


class PriceListForm(TranslatedForm):
    """A price list; its texts have an input for each of the merchant's languages once the list is kept."""

    class Meta:
        model = PriceList
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if row is not None and row.merchant_id is not None:
            self.locales = [locale for locale in row.merchant.locales if locale != PRIMARY_LOCALE]
            self.own_locale = PRIMARY_LOCALE
        super().__init__(*args, **kwargs)


@admin.register(PriceList)
class PriceListAdmin(MerchantScopedAdmin):
    """The terms on which a merchant sells in one market. The amounts stand in the price lines of each product."""

    form = PriceListForm
    list_display = ("name", "key", "currency", "is_default", "tax", "rounding", "merchant")
    list_filter = ("currency", "is_default")
    search_fields = ("name", "key", "currency")
    list_select_related = ("merchant",)
    fieldsets = (
        (
            None,
            {
                "fields": ("merchant", "name", ("key", "currency"), "is_default"),
                "description": "A price list says in which currency, with which tax and how rounded you sell in one "
                "market. The amounts themselves stand in the price lines of each product.",
            },
        ),
        ("Tax", {"fields": ("amounts_are", ("tax_rate", "tax_label"), "shows")}),
        ("Rounding", {"fields": ("rounding_increment", "rounding_mode", "rounding_of")}),
    )

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.product_file_view)
        return [path("product-file/<int:pk>/", view, name="pricing_product_file"), *super().get_urls()]

    def product_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the draft of a product, with the merchant's price lists, as a product file to members."""
        product = Product.objects.filter(merchant__in=merchants_for(request), pk=pk).first()
        if product is None:
            raise Http404
        try:
            text = write_product_file(export_product(product))
        except Refusal as refused:
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[product.pk]))
        headers = {"Content-Disposition": f'attachment; filename="{product.key}.yaml"'}
        return HttpResponse(text, content_type="application/yaml", headers=headers)

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> Any:
        # Price lines name it by its key, and their amounts are in its currency.
        return ("key", "currency") if obj is not None else ()

    @admin.display(description="tax", ordering="tax_rate")
    def tax(self, price_list: PriceList) -> str:
        """Return rate and name of the tax, as one reads them."""
        if price_list.tax_rate is None:
            return "not known"
        label = f" {price_list.tax_label}" if price_list.tax_label else ""
        return f"{price_list.tax_rate:f} %{label}, amounts {price_list.amounts_are}"

    @admin.display(description="rounds")
    def rounding(self, price_list: PriceList) -> str:
        """Return how amounts are rounded, in few words."""
        increment = price_list.rounding_increment
        unit = f"to {increment:f}" if increment is not None else "to the smallest unit"
        return f"{price_list.get_rounding_of_display()} {unit}"


def _product_file(product: Product) -> str:
    return reverse("admin:pricing_product_file", args=[product.pk])


register_product_link("Export", _product_file)
