"""The catalog room as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog import checks, model_checks

        for check in model_checks.CHECKS:
            checks.register(check, basic=True)
