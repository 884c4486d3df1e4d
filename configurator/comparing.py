"""Two evaluations of a product, as they were kept, held against each other: what was chosen, what it
is made of, what it costs.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.product_model import ProductModel

type Document = Mapping[str, Any]


def comparison(
    before: Document,
    after: Document,
    models: tuple[ProductModel, ProductModel],
    locale: str | None = None,
) -> dict[str, Any]:
    """Return as plain JSON values what differs between two evaluations, with the words of people.

    `models` are those of both versions, for the names of options. What is alike is left out. Amounts
    have a difference where both are of one currency.
    """
    # In the order of the models: PostgreSQL keeps the names of a document in one of its own.
    options = [
        key
        for key in dict.fromkeys(key for model in models[::-1] for key in model.option_by_key)
        if key in after["options"] or key in before["options"]
    ]
    return {
        "same": before["fingerprint"] == after["fingerprint"]
        and before["quantity"] == after["quantity"],
        "version": [before["version"], after["version"]],
        "quantity": [before["quantity"], after["quantity"]],
        "options": [
            {
                "option": key,
                "label": _label(models, key, locale),
                **_sides(before, after, key),
            }
            for key in options
            if _told(before, key) != _told(after, key)
        ],
        "parts": _parts(before["bom"], after["bom"]),
        "price": _price(before["price"], after["price"]),
        "lead_time": [_days(before), _days(after)],
    }


def _label(models: tuple[ProductModel, ProductModel], key: str, locale: str | None) -> str:
    model = next(each for each in reversed(models) if key in each.option_by_key)
    return model.option_by_key[key].label.in_locale(locale)


def _told(document: Document, key: str) -> tuple[Any, ...]:
    state = document["options"].get(key)
    if state is None:
        return (False, None, False)
    return (state["active"], state["value"], key in document["choices"])


def _sides(before: Document, after: Document, key: str) -> dict[str, Any]:
    return {
        name: {
            "value": state["value"],
            "told": state["told"],
            "source": state["source"],
        }
        if (state := document["options"].get(key)) is not None and state["active"]
        else None
        for name, document in (("before", before), ("after", after))
    }


def _parts(before: Sequence[Document], after: Sequence[Document]) -> list[dict[str, Any]]:
    """Return the parts whose quantity is another, parts of other measures being others."""
    sides = [_by_part(before), _by_part(after)]
    parts = dict.fromkeys([*sides[1], *sides[0]])
    found = []
    for each in parts:
        was, now = (side.get(each) for side in sides)
        if (was or {}).get("quantity") != (now or {}).get("quantity"):
            item = now or was or {}
            found.append(
                {
                    **{name: item[name] for name in ("part", "label", "unit", "measures")},
                    "before": was["quantity"] if was else None,
                    "after": now["quantity"] if now else None,
                }
            )
    return found


def _by_part(items: Sequence[Document]) -> dict[tuple[Any, ...], dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in items:
        key = (item["part"], item["unit"], tuple(sorted(item["measures"].items())))
        quantity = item["quantity"] + (found[key]["quantity"] if key in found else 0)
        found[key] = {**item, "quantity": quantity}
    return found


def _price(before: Document | None, after: Document | None) -> dict[str, Any]:
    sides = (before, after)
    is_one_currency = bool(before and after and before["currency"] == after["currency"])
    lines = [_lines(each) for each in sides]
    keys = dict.fromkeys([*lines[1], *lines[0]])
    return {
        "currency": [each and each["currency"] for each in sides],
        "total": [each and each["total"] for each in sides],
        "difference": _difference(before["total"], after["total"])
        if is_one_currency and before and after
        else None,
        "lines": [
            {
                "key": key,
                "before": _line(lines[0].get(key)),
                "after": _line(lines[1].get(key)),
            }
            for key in keys
            if _line(lines[0].get(key)) != _line(lines[1].get(key))
        ],
    }


def _lines(price: Document | None) -> dict[str, Document]:
    """Return the lines of a price by a key of their own: that of the line, and the value it is for."""
    found: dict[str, Document] = {}
    for line in (*price["lines"], *price["order_lines"]) if price else ():
        parts = (line["key"], line.get("option"), line.get("value"))
        name = ".".join(str(each) for each in dict.fromkeys(parts) if each is not None)
        number = 1
        while name in found:
            number += 1
            name = f"{name}#{number}"
        found[name] = line
    return found


def _line(line: Document | None) -> dict[str, Any] | None:
    return None if line is None else {"label": line["label"], "amount": line["amount"]}


def _difference(before: str, after: str) -> str:
    return f"{Decimal(after) - Decimal(before):f}"


def _days(document: Document) -> int | None:
    days: int | None = (document["lead_time"] or {}).get("days")
    return days
