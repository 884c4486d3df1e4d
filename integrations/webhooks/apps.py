"""The webhooks part of integrations as a Django app: it listens to the rooms on the right."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "integrations.webhooks"
    label = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        from datetime import timedelta

        from catalog.jobs.periodic import every
        from catalog.jobs.worker import Source, register
        from catalog.signals import product_retired, version_published
        from configurator import signals
        from integrations.webhooks import delivery, erasing, listening
        from integrations.webhooks.tasks import sweep_events
        from pricing.signals import price_lists_changed

        signals.configuration_saved.connect(listening.on_saved)
        signals.choices_changed.connect(listening.on_updated)
        signals.price_overridden.connect(listening.on_updated)
        signals.configuration_completed.connect(listening.on_completed)
        signals.prices_expired.connect(listening.on_expired)
        signals.price_threshold_reached.connect(listening.on_threshold)
        signals.quote_given.connect(listening.on_quote)
        signals.quote_accepted.connect(listening.on_quote_accepted)
        signals.quote_expired.connect(listening.on_quote_expired)
        signals.personal_data_erased.connect(erasing.on_erased)
        price_lists_changed.connect(listening.on_price_lists)
        version_published.connect(listening.on_published)
        product_retired.connect(listening.on_retired)
        register(Source("deliveries", delivery.THREADS, delivery.claimed))
        every(timedelta(hours=1), sweep_events)
