"""The configurator room as a Django app."""

from django.apps import AppConfig


class ConfiguratorConfig(AppConfig):
    name = "configurator"

    def ready(self) -> None:
        from catalog import checks
        from configurator.engine_checks import findings

        checks.register(findings)
