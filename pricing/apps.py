"""The pricing room as a Django app."""

from typing import Any

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from catalog import checks
        from catalog.models import Merchant, Product, Version
        from catalog.signals import (
            keys_renamed,
            product_brought_back,
            product_duplicated,
            product_retired,
        )
        from pricing.checks import findings
        from pricing.models import (
            ClosedDays,
            ExchangeRate,
            ListAmount,
            PriceList,
            PriceRevision,
            TaxRate,
            WorkCalendar,
        )
        from pricing.operations import copy_amounts, prices_beside, prices_changed
        from pricing.renaming import rename_amounts, rename_layouts

        def saved(instance: Any, raw: bool, **news: Any) -> None:
            # A row that is copied brings its revision along.
            if not raw:
                prices_changed(instance)

        def deleted(instance: Any, origin: Any = None, **news: Any) -> None:
            # Of a merchant that goes as a whole, nothing is left to be told.
            if not isinstance(origin, Merchant) and getattr(origin, "model", None) is not Merchant:
                prices_changed(instance, is_deleted=True)

        def published(instance: Version, raw: bool, **news: Any) -> None:
            if not raw:
                PriceRevision.change(instance.product.merchant_id)

        def standing_changed(product: Product, **news: Any) -> None:
            PriceRevision.change(product.merchant_id)

        for each in (product_retired, product_brought_back):
            each.connect(standing_changed, weak=False, dispatch_uid="pricing.standing_changed")
        post_save.connect(published, sender=Version, weak=False, dispatch_uid="pricing.published")
        checks.register_wide(findings)
        checks.register_beside(prices_beside)
        for model in (PriceList, ListAmount, ExchangeRate, TaxRate, WorkCalendar, ClosedDays):
            place = f"pricing.changed.{model.__name__}"
            post_save.connect(saved, sender=model, weak=False, dispatch_uid=place)
            post_delete.connect(deleted, sender=model, weak=False, dispatch_uid=place)
        product_duplicated.connect(copy_amounts)
        keys_renamed.connect(rename_amounts)
        keys_renamed.connect(rename_layouts)
