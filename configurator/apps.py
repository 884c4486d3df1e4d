"""The configurator room as a Django app."""

from django.apps import AppConfig


class ConfiguratorConfig(AppConfig):
    name = "configurator"
