"""Admin of price lists: the terms of each market, as a product manager keeps them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.admin.scoped import MerchantScopedAdmin
from catalog.admin.texts import TranslatedForm
from pricing.models import PriceList

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
