"""Merchants, and who may do what for them."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from catalog.roles import Role


class Merchant(models.Model):
    """Owner of catalogs, keys and configurations; every row belongs to one."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    # Sites that may frame the widget, such as https://shop.example; one a line.
    origins = models.JSONField("shop sites", default=list, blank=True)
    # Languages the merchant's texts are translated to, such as "de" or "fr-CA".
    locales = models.JSONField("languages", default=list, blank=True)

    country = models.CharField(
        max_length=2,
        blank=True,
        default="",
        db_default="",
        validators=[
            RegexValidator(r"\A[A-Z]{2}\Z", "Write two capitals of ISO 3166, such as CA or DE.")
        ],
        help_text="Where your shop is, such as CA. The widget then writes money, numbers and days as your shop does: "
        "$459.00 in Canada, where English of no country says CA$459.00.",
    )
    accent = models.CharField(
        "colour",
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", "Write a colour such as #0b6e4f.")],
        help_text="Your shop's colour, such as #0b6e4f, for buttons and marks in the widget. "
        "Where it could not be read, the widget takes it darker or lighter.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role for a merchant."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.PRODUCT_MANAGER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="one_membership_per_person")
        ]
        ordering = ["merchant", "user"]

    def __str__(self) -> str:
        return f"{self.user} for {self.merchant}"
