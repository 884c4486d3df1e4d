"""Published versions of a product: numbered, whole, and never changed again."""

import json
from functools import cached_property
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from catalog import product_model
from catalog.errors import Refusal
from catalog.models.ownership import Owned, OwnedQuerySet
from catalog.models.products import Product
from catalog.product_model import ProductModel


class VersionIsImmutable(Refusal):
    """Somebody tried to change or delete what was published."""

    slug = "version-immutable"
    title = "A published version does not change"
    status = 409


def _refuse() -> NoReturn:
    raise VersionIsImmutable(
        "A published version is neither changed nor deleted; publish the draft again instead."
    )


class VersionQuerySet(OwnedQuerySet["Version"]):
    """Versions to read; whatever would change one is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if args or kwargs.get("update_conflicts"):
            _refuse()
        return super().bulk_create(objs, **kwargs)

    def delete(self) -> NoReturn:
        _refuse()


class Version(Owned):
    """A product model as it was published. Price lists are not part of it: prices may change
    without a new version.
    """

    merchant_path: ClassVar[str] = "product__merchant"

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    note = models.TextField(blank=True, default="")
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[Any] = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "number"], name="version_number_once_per_product"
            )
        ]
        ordering = ["product", "-number"]

    def __str__(self) -> str:
        return f"{self.product}, version {self.number}"

    @cached_property
    def model(self) -> ProductModel:
        """The product model that was published."""
        return product_model.read(json.loads(self.document))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse()
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()
