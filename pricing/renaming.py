"""What price lists keep about a product, carried over when keys of its draft are renamed."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from catalog.errors import KeyTaken
from catalog.expressions.errors import ExpressionRefused
from catalog.models import Product
from catalog.renaming import Doubt, Name, Place, Renaming
from pricing.models import ListAmount


def rename_amounts(product: Product, renaming: Renaming, is_kept: bool, **_: Any) -> list[Place | Doubt]:
    """Have the amounts kept for a product name the new keys, and return their places and those that cannot follow.

    Published versions go on asking for the old keys, so that an amount of a published product stays under them too,
    marked as one for earlier versions. A key that a published version is sold with at other amounts is refused with
    KeyTaken: one price list cannot keep both, so that shoppers would pay what was kept for something else.
    """
    is_published = product.versions.exists()
    rows = list(ListAmount.objects.filter(product=product).select_related("price_list").order_by("pk"))
    now = [row for row in rows if not row.earlier]
    if is_published:
        _refuse_sold_keys(product, now, [row for row in rows if row.earlier], renaming)
    return list(_carried(now, renaming, is_published, is_kept))


def _refuse_sold_keys(
    product: Product, rows: Collection[ListAmount], earlier: Collection[ListAmount], renaming: Renaming
) -> None:
    there = {_place(row, row.line, row.value) for row in rows}
    moved = {
        place: row
        for row in rows
        if (keys := _renamed_keys(row, renaming)) != (row.line, row.value)
        and (place := _place(row, *keys)) not in there
    }
    taken = {_place(row, row.line, row.value): row for row in earlier if _is_new(row, renaming)}
    sold = _sold_keys(product) if moved.keys() - taken.keys() else set()
    for place, row in (moved | taken).items():
        _, line, value, _ = place
        source, target = moved.get(place), taken.get(place)
        if target is None and (line, value) not in sold:
            continue
        if source is None or target is None or source.amount != target.amount:
            raise KeyTaken(
                f"A published version has '{value or line}' in price line '{line}', at another amount in price list "
                f"'{row.price_list.key}'; choose a key that no version has, or make both amounts the same first."
            )


def _is_new(row: ListAmount, renaming: Renaming) -> bool:
    """Tell whether something else gets the keys of `row` now."""
    return any(
        (line.key != row.line)
        or (
            line.option is not None
            and any(
                name.kind == "value" and name.option == line.option and key == row.value and name.key != key
                for name, key in renaming.names.items()
            )
        )
        for line in renaming.before.price_lines
        if renaming.names.get(Name("price_line", line.key), line.key) == row.line
    )


def _sold_keys(product: Product) -> set[tuple[str, str]]:
    """Return the lines, and their values, of all published versions."""
    return {
        (line["key"], value)
        for document in product.versions.values_list("document", flat=True).iterator()
        for line in json.loads(document).get("price_lines", ())
        for value in ("", *line.get("amounts", ()))
    }


def _carried(rows: list[ListAmount], renaming: Renaming, is_published: bool, is_kept: bool) -> Iterator[Place | Doubt]:
    there = {_place(row, row.line, row.value) for row in rows}
    for row in rows:
        line, value = _renamed_keys(row, renaming)
        path = f"list_amounts/{row.price_list.key}/{row.line}"
        after = f"list_amounts/{row.price_list.key}/{line}"
        try:
            amount = renaming.expression(row.amount, "number") if renaming.may_stand_in(row.amount) else row.amount
        except ExpressionRefused as refused:
            yield Doubt(path, after, row.amount, f"It cannot be read: {refused.sentence}")
            amount = row.amount
        is_moved = (line, value) != (row.line, row.value)
        before = f"{row.line} {row.value} = {row.amount}".replace("  ", " ")
        if is_moved and _place(row, line, value) in there:
            yield Doubt(path, after, before, "There is an amount under the new key already; that one counts.")
        elif is_moved:
            yield Place(path, after, before, f"{line} {value} = {amount}".replace("  ", " "))
            if is_kept:
                _move(row, line, value, amount, is_published)
        elif amount != row.amount and is_published:
            yield Doubt(
                path,
                after,
                row.amount,
                f"Shoppers of the published version pay it now. Make it “{amount}” when you publish the new key.",
            )
        elif amount != row.amount:
            yield Place(path, after, row.amount, amount)
            if is_kept:
                row.amount = amount
                row.save(update_fields=["amount"])


def _renamed_keys(row: ListAmount, renaming: Renaming) -> tuple[str, str]:
    line = next((each for each in renaming.before.price_lines if each.key == row.line), None)
    key = renaming.names.get(Name("price_line", row.line), row.line)
    option = None if line is None else line.option
    value = renaming.names.get(Name("value", row.value, option), row.value) if option is not None else row.value
    return key, value


def _place(row: ListAmount, line: str, value: str) -> tuple[Any, ...]:
    return row.price_list_id, line, value, row.valid_from


def _move(row: ListAmount, line: str, value: str, amount: str, is_published: bool) -> None:
    earlier = ListAmount.objects.filter(price_list=row.price_list_id, product=row.product_id, earlier=True)
    earlier.filter(line=line, value=value).delete()
    if is_published:
        ListAmount.objects.filter(pk=row.pk).update(earlier=True)
        row.pk, row._state.adding = None, True
    row.line, row.value, row.amount = line, value, amount
    row.save()
