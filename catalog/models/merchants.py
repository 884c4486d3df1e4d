"""Merchants, and who may do what for them."""

from django.conf import settings
from django.db import models


class Merchant(models.Model):
    """Owner of catalogs, keys and configurations; every row belongs to one."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    # Sites that may frame the widget, such as https://shop.example; one a line.
    origins = models.JSONField(default=list, blank=True)
    locales = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role for a merchant."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")

    def __str__(self) -> str:
        return f"{self.user} for {self.merchant}"
