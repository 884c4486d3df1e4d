"""The connectors of integrations as a Django app."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "integrations.connectors"
    label = "connectors"
