"""How a price file is probably laid out, from its first lines: what a person is shown to confirm.

Nothing here decides: a wrong proposal is seen, and put right, before an amount is kept.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from catalog.price_grid_text import is_head, is_nothing
from catalog.written_numbers import NotANumber, read_number
from pricing.layouts import MOST_TITLES, Column, Layout, Line, Places, one, plain, size_of
from pricing.layouts import text_of as told

# What headings say in the languages of vendors' lists, as `plain` writes them; longer ones go
# before shorter ones.
_HEADINGS = {
    "item": "article number|article no|article|art nr|art no|artikelnummer|artikelnr|artikel nr|artikel|item number|"
    "item no|item|part number|part no|teilenummer|bestellnummer|best nr|sku|ref|reference|référence|code|code article|"
    "código|codice|artikelcode|description|bezeichnung|beschreibung|désignation|name|label|omschrijving|descripción",
    "product": "product|produkt|produit|model|modell|modèle|producto|prodotto",
    "price_list": "price list|pricelist|preisliste|tarif|liste|tarifa|listino|prijslijst",
    "line": "line|price line|position|zeile|option|option name|ligne",
    "value": "value|wert|ausprägung|option value|valeur|valor|valore",
    "amount": "amount|price|unit price|net price|list price|gross price|price net|preis|einzelpreis|nettopreis|vk|"
    "vk netto|ek|listenpreis|betrag|prix|prix ht|prix net|tarif ht|precio|importe|prezzo|prijs|netto|brutto|net|gross|"
    "uvp|msrp|rrp|surcharge|aufpreis|mehrpreis|supplément|price excl vat|price per unit",
    "formula": "formula|formel|formule|fórmula",
    "valid_from": "valid from|from|gültig ab|ab|holds from|à partir du|valable dès|válido desde|geldig vanaf",
    "valid_until": "valid until|until|valid to|gültig bis|bis|jusqu au|valable jusqu au",
}
_USE_OF = {name: use for use, names in _HEADINGS.items() for name in names.split("|")}
# What stands beside the name of a list or of a price in its heading.
_BESIDE = re.compile(
    r"\b(price|preis|prix|precio|net|netto|gross|brutto|excl|incl|vat|mwst|ht|ttc|per|in|list|eur|usd|chf|gbp|cad|aud|"
    r"sek|nok|dkk|pln|czk|each|stück|piece)\b|[€$£]"
)
_SINCE = re.compile(
    r"(?:valid from|as of|from|gültig ab|ab|à partir du|dès le)\s+"
    r"(?:(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2}))",
    re.IGNORECASE,
)
_KNOWN_SHARE = 0.3
_NUMBER_SHARE = 0.5


def propose(
    sample: Sequence[Line], places: Places, price_list: str = "", header: int | None = None
) -> Layout:
    """Return how the file that begins with `sample` is probably laid out; `header` is its row where
    that is known.
    """
    lines = [(number, [told(cell) for cell in cells]) for number, cells in sample]
    lists = sorted({key for keys in places.lists.values() for key in keys})
    price_list = price_list or (lists[0] if len(lists) == 1 else "")
    product = next(iter(places.models)) if len(places.models) == 1 else ""
    base = Layout(product=product, price_list=price_list)
    layout = _matrix(lines, places, base, header)
    if layout is None:
        head = _header(lines, places) if header is None else header
        layout = _table(lines, places, replace(base, header=head))
    titles = " ".join(" ".join(cells) for number, cells in lines if number < layout.header)
    if (since := _SINCE.search(titles)) is not None and not any(
        each.use == "valid_from" for each in layout.columns
    ):
        day, month, year, *iso = since.groups()
        layout = replace(
            layout, valid_from=f"{year}-{month:0>2}-{day:0>2}" if year else "-".join(iso)
        )
    return layout


def use_of(heading: str) -> str:
    """Return what a heading says of its column, "" where it says nothing known."""
    name = plain(heading)
    return _USE_OF.get(name) or _USE_OF.get(" ".join(_BESIDE.sub(" ", name).split())) or ""


def _is_number(cell: str) -> bool:
    try:
        read_number(cell.removesuffix("%"))
    except NotANumber as error:
        return "may be" in str(error)
    return True


# ---- sizes across and down -----------------------------------------------------------------------


def _matrix(
    lines: Sequence[tuple[int, list[str]]], places: Places, base: Layout, header: int | None
) -> Layout | None:
    tables = [
        (key, line.key, line.table)
        for key, model in places.models.items()
        for line in model.price_lines
        if line.table is not None
    ]
    at = next(
        (
            place
            for place, (number, cells) in enumerate(lines[:MOST_TITLES])
            if (number == header if header is not None else True)
            and cells
            and is_head(cells, [each for _, each in lines[place + 1 :]])
        ),
        None,
    )
    if at is None or not tables:
        return None
    head = lines[at][1]
    across = {size for cell in head[1:] if (size := size_of(cell)) is not None}
    down = {
        size for _, cells in lines[at + 1 :] if cells and (size := size_of(cells[0])) is not None
    }
    scored = [
        (
            len(first & set(table.column_sizes)) * len(second & set(table.row_sizes)),
            product,
            line,
            turned,
        )
        for product, line, table in tables
        for turned, first, second in ((False, across, down), (True, down, across))
    ]
    best, product, line, turned = max(scored, key=lambda each: each[0])
    if not best and len(across) < 2:
        return None
    ties = {(each[1], each[2]) for each in scored if each[0] == best}
    is_clear = best > 0 and len(ties) == 1
    columns = [
        Column(cell, "amount" if place and size_of(cell) is not None else "")
        for place, cell in enumerate(head)
    ]
    return replace(
        base,
        header=lines[at][0],
        columns=tuple(columns),
        matrix=True,
        turned=turned if best else False,
        product=product if is_clear else base.product,
        line=line if is_clear else "",
    )


# ---- rows that are lines and values --------------------------------------------------------------


def _header(lines: Sequence[tuple[int, list[str]]], places: Places) -> int:
    """Return the number of the row that heads the columns, 0 where the first row is one of amounts
    already.
    """
    best, most = 0, 1
    for number, cells in lines[:MOST_TITLES]:
        known = sum(1 for cell in cells if cell and (use_of(cell) or one(places.lists, cell)))
        if known > most:
            best, most = number, known
    if best:
        return best
    before = 0
    for number, cells in lines:
        numbers = sum(1 for cell in cells if cell and _is_number(cell))
        if numbers and any((cell and not _is_number(cell)) or places.named(cell) for cell in cells):
            return before
        before = number if sum(1 for cell in cells if cell) > 1 else before
    return before


def _table(lines: Sequence[tuple[int, list[str]]], places: Places, base: Layout) -> Layout:
    head = next((cells for number, cells in lines if number == base.header), [])
    body = [cells for number, cells in lines if number > base.header and any(cells)]
    width = max([len(head), *(len(cells) for cells in body)], default=0)
    headings = [*head, *[""] * (width - len(head))]
    samples = [
        [cells[at] for cells in body if at < len(cells) and cells[at]] for at in range(width)
    ]
    known = [_share(bool(places.named(cell, base.product)) for cell in cells) for cells in samples]
    numbers = [_share(_is_number(cell) or is_nothing(cell) for cell in cells) for cells in samples]
    columns = [Column(heading, use_of(heading)) for heading in headings]
    for at, column in enumerate(columns):
        if numbers[at] >= _NUMBER_SHARE and column.use in ("", "amount", "price_list", "line"):
            columns[at] = _amount(column, places, base, is_sure=column.use == "amount")
        elif column.use == "amount":
            columns[at] = replace(column, use="")
    columns = _with_items(columns, known, numbers, samples)
    columns = _with_one_amount(columns, numbers, known)
    return _with_product(replace(base, columns=tuple(columns)), body, places)


def _share(truths: Iterator[bool]) -> float:
    found = list(truths)
    return sum(found) / len(found) if found else 0.0


def _amount(column: Column, places: Places, base: Layout, is_sure: bool) -> Column:
    """Return a column of numbers as one of amounts, where its heading says so or names a list, a
    line or a value.
    """
    name = plain(column.heading)
    for each in (name, " ".join(_BESIDE.sub(" ", name).split())):
        if key := one(places.lists, each):
            return replace(column, use="amount", price_list=key)
        if base.product and each and (key := one(places.lines[base.product], each)):
            return replace(column, use="amount", line=key)
    return replace(column, use="amount" if is_sure else "")


def _with_items(
    columns: list[Column],
    known: Sequence[float],
    numbers: Sequence[float],
    samples: Sequence[Sequence[str]],
) -> list[Column]:
    """Let those columns name rows whose cells are known; without any, those whose headings say so."""
    uses = {each.use for each in columns}
    if {"line"} <= uses:
        return [replace(each, use="") if each.use == "item" else each for each in columns]
    free = ("", "item")
    found = [
        at for at, each in enumerate(columns) if each.use in free and known[at] >= _KNOWN_SHARE
    ]
    if not found:
        found = [at for at, each in enumerate(columns) if each.use == "item"][:1]
    if not found:
        texts = [
            at
            for at, each in enumerate(columns)
            if each.use == "" and samples[at] and numbers[at] < _NUMBER_SHARE
        ]
        found = texts[:1]
    return [
        replace(each, use="item" if at in found else "" if each.use == "item" else each.use)
        for at, each in enumerate(columns)
    ]


def _with_one_amount(
    columns: list[Column], numbers: Sequence[float], known: Sequence[float]
) -> list[Column]:
    """Let one column alone hold amounts of which nothing is said; without any, the last one of
    numbers.
    """
    plain_ones = [
        at
        for at, each in enumerate(columns)
        if each.use == "amount" and not (each.price_list or each.line)
    ]
    if any(each.use in ("amount", "formula") for each in columns):
        is_told = any(each.use == "amount" and (each.price_list or each.line) for each in columns)
        extra = plain_ones if is_told else plain_ones[1:]
        return [replace(each, use="") if at in extra else each for at, each in enumerate(columns)]
    rest = [
        at for at, each in enumerate(columns) if each.use == "" and numbers[at] >= _NUMBER_SHARE
    ]
    return [
        replace(each, use="amount") if rest and at == rest[-1] else each
        for at, each in enumerate(columns)
    ]


def _with_product(layout: Layout, body: Sequence[Sequence[str]], places: Places) -> Layout:
    """Return `layout` for the product whose lines most rows name, where none is known and no column
    tells.
    """
    if layout.product or any(each.use == "product" for each in layout.columns):
        return (
            replace(layout, product="")
            if any(each.use == "product" for each in layout.columns)
            else layout
        )
    counts: Counter[str] = Counter()
    for at, column in enumerate(layout.columns):
        if column.use == "item":
            for cells in body:
                named: Any = places.named(cells[at]) if at < len(cells) and cells[at] else ()
                counts.update({place.product for place in named})
    best = counts.most_common(2)
    if len(best) == 1 or (len(best) == 2 and best[0][1] > best[1][1]):
        return replace(layout, product=best[0][0])
    return layout
