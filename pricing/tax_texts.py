"""Several taxes as people write them, a line each: "9.975 QST; fr: TVQ"."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalog.product_model import write_number


def taxes_text(taxes: Sequence[dict[str, Any]]) -> str:
    """Return taxes as they are kept (plain values), a line each."""
    return "\n".join(f"{each['rate']} {_label_text(each['label'])}" for each in taxes)


def _label_text(label: str | dict[str, str]) -> str:
    if isinstance(label, str):
        return label
    others = (f"; {locale}: {text}" for locale, text in label.items() if locale != "default")
    return label["default"] + "".join(others)


def read_taxes(text: str) -> list[dict[str, Any]]:
    """Return the taxes that `text` tells, as plain values; refuse with ValidationError a line that
    tells none.
    """
    taxes = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        rate, _, rest = line.partition(" ")
        name, *others = (part.strip() for part in rest.split(";"))
        named = [
            (locale.strip(), told.strip())
            for locale, _, told in (other.partition(":") for other in others)
        ]
        try:
            number = Decimal(rate.rstrip("%"))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not name or not all(locale and told for locale, told in named):
            raise ValidationError(
                f"“{line}” is no tax: write rate and name, such as “9.975 QST; fr: TVQ”."
            )
        taxes.append(
            {
                "label": {"default": name, **dict(named)} if named else name,
                "rate": write_number(number),
            }
        )
    return taxes


class TaxesField(forms.CharField):
    """The input of several taxes."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
            label="Taxes it consists of",
            help_text="Where it is several taxes, each on a line of its own, as rate and name: “5 GST; fr: TPS”. "
            "They add up to the rate, and each is rounded and shown by itself.",
        )

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else taxes_text(value)

    def to_python(self, value: Any) -> Any:
        return read_taxes(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)
