"""The access part of integrations as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "integrations.access"
    label = "access"
    verbose_name = "API access"

    def ready(self) -> None:
        """Take tokens out of the administration: they say nothing to people, and belong to clients,
        which are there.
        """
        from datetime import timedelta

        from django.apps import apps
        from django.contrib import admin

        from catalog.jobs.periodic import every
        from configurator.signals import personal_data_erased
        from integrations.access.erasing import on_erased
        from integrations.access.tasks import sweep_answers, sweep_counts, sweep_tokens

        personal_data_erased.connect(on_erased)
        every(timedelta(minutes=10), sweep_answers)
        every(timedelta(minutes=10), sweep_counts)
        every(timedelta(hours=6), sweep_tokens)

        for model in apps.get_app_config("oauth2_provider").get_models():
            if admin.site.is_registered(model):
                admin.site.unregister(model)
