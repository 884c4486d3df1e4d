"""Publish checks of part numbers: values of one option that share one, or bear the number of
another value.
"""

import re
import unicodedata
from collections.abc import Iterator

from catalog.findings import Finding
from catalog.kinds.register import kind_of
from catalog.product_model import Option, ProductModel, Value


def words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of `text`, without accents and in small letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9]+", plain))


def speaks_of(name: str, label: str) -> bool:
    """Return whether the words of `label` stand in `name`, one after another."""
    inside, wanted = words(name), words(label)
    return bool(wanted) and any(
        inside[start : start + len(wanted)] == wanted
        for start in range(len(inside) - len(wanted) + 1)
    )


def part_number_findings(model: ProductModel) -> Iterator[Finding]:
    """Yield a warning for values of one option with one SKU, and for a SKU that speaks of another
    value's label.
    """
    for option in model.options:
        yield from _shared(option)
        yield from _foreign(option)


def _shared(option: Option) -> Iterator[Finding]:
    by_sku: dict[str, list[Value]] = {}
    for value in option.values:
        if value.sku:
            by_sku.setdefault(value.sku, []).append(value)
    for sku, values in by_sku.items():
        if len(values) > 1:
            named = " and ".join(f"'{value.key}'" for value in values)
            sentence = (
                f"The values {named} of option '{option.key}' have the same SKU {sku}; "
                "what is ordered does not tell them apart."
            )
            path = f"options/{option.key}/values/{values[-1].key}/sku"
            yield Finding("warning", "duplicate-sku", path, sentence, _example(option, values[-1]))


def _foreign(option: Option) -> Iterator[Finding]:
    for value in option.values:
        own = str(value.label)
        if not value.sku or speaks_of(value.sku, own) or speaks_of(value.sku, value.key):
            continue
        others = [each for each in option.values if each is not value and _tells(each, value.sku)]
        if others:
            other = max(others, key=lambda each: len(str(each.label)))
            sentence = (
                f"The value '{value.key}' of option '{option.key}' has the SKU {value.sku}, which speaks of "
                f"'{other.label}' and not of '{own}'."
            )
            path = f"options/{option.key}/values/{value.key}/sku"
            yield Finding(
                "warning", "sku-of-another-value", path, sentence, _example(option, value)
            )


def _tells(value: Value, sku: str) -> bool:
    """Return whether `sku` speaks of `value`; labels of one letter or digit stand in many numbers
    by chance.
    """
    label = str(value.label)
    return len("".join(words(label))) > 2 and speaks_of(sku, label)


def _example(option: Option, value: Value) -> dict[str, str | list[str]]:
    return {option.key: [value.key] if kind_of(option).is_several else value.key}
