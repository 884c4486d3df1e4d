"""The connectors part of integrations as a Django app."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "integrations.connectors"
    label = "connectors"

    def ready(self) -> None:
        from catalog import checks
        from integrations.connectors.offer_checks import check_offers
        from integrations.connectors.part_checks import check_parts

        checks.register(check_parts)
        checks.register(check_offers)
