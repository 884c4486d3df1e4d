"""The pricing room as a Django app."""

from typing import Any

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"

    def ready(self) -> None:
        from django.db import transaction
        from django.db.models.signals import post_delete, post_save

        from catalog import checks
        from pricing.checks import findings
        from pricing.models import PriceList
        from pricing.operations import forget_price_lists, price_lists_beside

        def forget(**news: Any) -> None:
            # Once for this transaction, and again for whoever read the old row before it ended.
            forget_price_lists()
            transaction.on_commit(forget_price_lists)

        checks.register_wide(findings)
        checks.register_beside(price_lists_beside)
        for signal in (post_save, post_delete):
            signal.connect(forget, sender=PriceList, weak=False, dispatch_uid="pricing.forget_price_lists")
