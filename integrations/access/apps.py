"""The access part of integrations as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "integrations.access"
    label = "access"
