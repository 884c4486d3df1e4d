"""Who may call: OAuth clients and API keys, each bound to one merchant."""

from django.db import models
from oauth2_provider.models import AbstractApplication

from catalog.models import Merchant


class ApiClient(AbstractApplication):
    """An OAuth client of one merchant."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="api_clients")

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
