"""What price lists and mappings of price files say of a product, carried over when keys of its
draft are renamed.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from catalog.errors import KeyTaken
from catalog.expressions.errors import ExpressionRefused
from catalog.models import Product
from catalog.renaming import Doubt, Name, Place, Renaming
from pricing.layouts import Column, Layout, read_layout, write_layout
from pricing.models import ListAmount


def rename_amounts(
    product: Product, renaming: Renaming, is_kept: bool, **_: Any
) -> list[Place | Doubt]:
    """Have the amounts kept for a product name the new keys, and return their places and those that
    cannot follow.

    Published versions go on asking for the old keys, so that an amount of a published product stays
    under them too, marked as one for earlier versions. A key that a published version is sold with
    at other amounts is refused with KeyTaken: one price list cannot keep both, so that shoppers
    would pay what was kept for something else.
    """
    is_published = product.versions.exists()
    rows = list(
        ListAmount.objects.filter(product=product).select_related("price_list").order_by("pk")
    )
    now = [row for row in rows if not row.earlier]
    if is_published:
        _refuse_sold_keys(product, now, [row for row in rows if row.earlier], renaming)
    return list(_carried(now, renaming, is_published, is_kept))


def _refuse_sold_keys(
    product: Product,
    rows: Collection[ListAmount],
    earlier: Collection[ListAmount],
    renaming: Renaming,
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
                name.kind == "value"
                and name.option == line.option
                and key == row.value
                and name.key != key
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


def _carried(
    rows: list[ListAmount], renaming: Renaming, is_published: bool, is_kept: bool
) -> Iterator[Place | Doubt]:
    there = {_place(row, row.line, row.value) for row in rows}
    for row in rows:
        line, value = _renamed_keys(row, renaming)
        path = f"list_amounts/{row.price_list.key}/{row.line}"
        after = f"list_amounts/{row.price_list.key}/{line}"
        try:
            amount = (
                renaming.expression(row.amount, "number")
                if renaming.may_stand_in(row.amount)
                else row.amount
            )
        except ExpressionRefused as refused:
            yield Doubt(path, after, row.amount, f"It cannot be read: {refused.sentence}")
            amount = row.amount
        is_moved = (line, value) != (row.line, row.value)
        before = f"{row.line} {row.value} = {row.amount}".replace("  ", " ")
        if is_moved and _place(row, line, value) in there:
            yield Doubt(
                path,
                after,
                before,
                "There is an amount under the new key already; that one counts.",
            )
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
    return _keys_now(row.line, row.value, renaming)


def _keys_now(line: str, value: str, renaming: Renaming) -> tuple[str, str]:
    """Return what a price line and a value of its option are called now."""
    own = next((each for each in renaming.before.price_lines if each.key == line), None)
    if own is None:
        return line, value
    key = renaming.names.get(Name("price_line", line), line)
    return key, value if own.option is None else renaming.names.get(
        Name("value", value, own.option), value
    )


def _place(row: ListAmount, line: str, value: str) -> tuple[Any, ...]:
    return row.price_list_id, line, value, row.valid_from


def _move(row: ListAmount, line: str, value: str, amount: str, is_published: bool) -> None:
    earlier = ListAmount.objects.filter(
        price_list=row.price_list_id, product=row.product_id, earlier=True
    )
    earlier.filter(line=line, value=value).delete()
    if is_published:
        ListAmount.objects.filter(pk=row.pk).update(earlier=True)
        row.pk, row._state.adding = None, True
    row.line, row.value, row.amount = line, value, amount
    row.save()


# ---- mappings of price files ---------------------------------------------------------------------


def rename_layouts(
    product: Product, renaming: Renaming, is_kept: bool, **_: Any
) -> list[Place | Doubt]:
    """Have remembered mappings of price files name the new keys, and return their places.

    Files are read by the published version, which goes on with the old keys: of a published product
    the mappings are told, to be confirmed anew once the new keys are published.
    """
    is_published = product.versions.exists()
    is_alone = product.merchant.products.count() == 1
    found: list[Place | Doubt] = []
    rows = product.merchant.price_file_layouts.order_by("pk")
    # What is only told is asked outside of a transaction, too, where nothing can be locked.
    for row in rows.select_for_update() if is_kept else rows:
        layout = read_layout(row.document)
        now = _renamed_layout(layout, product.key, is_alone, renaming)
        if now == layout:
            continue
        path = f"price_file_layouts/{row.name.replace('/', ' ')}"
        before, after = _leads(layout), _leads(now)
        changes = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
        if is_published:
            why = "Files are read by the published version. Confirm the mapping anew once the new key is published."
            found += (Doubt(path, path, one, why) for one, _ in changes)
            continue
        found += (Place(path, path, one, other) for one, other in changes)
        if is_kept:
            row.document = write_layout(now)
            row.save(update_fields=["document"])
    return found


def _renamed_layout(layout: Layout, product: str, is_alone: bool, renaming: Renaming) -> Layout:
    """Return `layout` with the new keys of `product`, which a mapping without a product is of if it
    `is_alone`.
    """
    lines = {line.key for line in renaming.before.price_lines}
    is_its_own = layout.product == product or (not layout.product and is_alone)

    def target(text: str) -> str:
        first, _, rest = text.partition("/")
        names_product = first == product and rest.partition("/")[0] in lines
        if not names_product and not is_its_own:
            return text
        line, _, value = (rest if names_product else text).partition("/")
        keys = filter(None, (product if names_product else "", *_keys_now(line, value, renaming)))
        return "/".join(keys)

    def column(each: Column) -> Column:
        line, value = _keys_now(each.line or layout.line, each.value, renaming)
        return replace(each, line=each.line and line, value=value)

    items = {name: target(text) for name, text in layout.items.items()}
    if not is_its_own:
        return replace(layout, items=items)
    line, _ = _keys_now(layout.line, "", renaming)
    return replace(layout, line=line, columns=tuple(map(column, layout.columns)), items=items)


def _leads(layout: Layout) -> list[str]:
    """Return where a mapping leads, as people read it."""
    told = [("all rows", layout.line, "")]
    told += [(each.heading or "a column", each.line, each.value) for each in layout.columns]
    return [
        *(f"{what} → {'/'.join(filter(None, (line, value)))}" for what, line, value in told),
        *(f"{name} → {text}" for name, text in layout.items.items()),
    ]
