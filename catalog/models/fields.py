"""Columns of the draft tables: one-line texts, exact numbers, mappings that keep their order."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models


def _empty(field: "models.Field[Any, Any]") -> dict[str, Any]:
    """Return what an empty input means: nothing where the column may hold nothing, as Django's own
    CharField says.
    """
    return {"empty_value": None} if field.null else {}


class LineField(models.TextField):  # type: ignore[type-arg]
    """A text of one line and any length."""

    def formfield(self, **kwargs: Any) -> Any:
        defaults: dict[str, Any] = {"widget": forms.TextInput, "max_length": 5000, **_empty(self)}
        return super().formfield(**{**defaults, **kwargs})


class ExpressionField(models.TextField):  # type: ignore[type-arg]
    """An expression in the catalog's notation, as text."""

    def formfield(self, **kwargs: Any) -> Any:
        defaults: dict[str, Any] = {"widget": forms.TextInput, "max_length": 4000, **_empty(self)}
        return super().formfield(**{**defaults, **kwargs})


class NumberField(models.CharField):  # type: ignore[type-arg]
    """An exact decimal, kept as text: databases round decimals to the digits of their column, or to
    doubles.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 40
        super().__init__(*args, **kwargs)
        # The length is the column's; what is validated is a number.
        self.validators = [
            each for each in self.validators if not isinstance(each, MaxLengthValidator)
        ]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length")
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            return Decimal(value)
        except (InvalidOperation, TypeError, ValueError) as error:
            raise ValidationError("Enter a number.", code="invalid") from error

    def get_prep_value(self, value: Any) -> str | None:
        number = self.to_python(value)
        if number is None:
            return None
        plain = format(number, "f")
        return plain if len(plain) <= 40 else str(number)

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self, **{"form_class": forms.DecimalField, "max_digits": 15, **kwargs}
        )


class MappingField(models.JSONField):
    """A mapping of texts to plain JSON values in the order it was written, which PostgreSQL's own
    objects lose.
    """

    def get_prep_value(self, value: Any) -> Any:
        return [list(pair) for pair in value.items()] if isinstance(value, Mapping) else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        pairs = super().from_db_value(value, expression, connection)
        return dict(pairs) if isinstance(pairs, list) else pairs
