"""Which merchant a row belongs to, and how to ask only for that merchant's rows."""

from typing import Any, ClassVar, Self

from django.db import models

from catalog.errors import NotFound
from catalog.models.merchants import Merchant


class OwnedQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that each belong to one merchant, found along the model's `merchant_path`."""

    def for_merchant(self, merchant: Merchant) -> Self:
        """Return only the rows of `merchant`."""
        return self.filter(**{path_to_merchant(self.model): merchant})

    def called(self, merchant: Merchant, public_id: str, missing: str) -> Row:
        """Return the row of `merchant` with that `public_id`; refuse with NotFound, in the words of
        `missing`.
        """
        row = self.for_merchant(merchant).filter(public_id=public_id).first()
        if row is None:
            raise NotFound(missing)
        return row


class Owned(models.Model):
    """A row that belongs to a merchant: by its own `merchant` (roots), or by the root that
    `merchant_path` leads to.
    """

    merchant_path: ClassVar[str] = "merchant"

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def owner(self) -> Merchant:
        """Return the merchant this row belongs to."""
        row: Any = self
        for step in self.merchant_path.split("__"):
            row = getattr(row, step)
        return row  # type: ignore[no-any-return]


def path_to_merchant(model: type[models.Model]) -> str:
    """Return the look-up that leads from `model` to its merchant, such as `product__merchant`."""
    return model.merchant_path if issubclass(model, Owned) else "merchant"
