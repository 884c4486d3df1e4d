"""Price files as vendors lay them out: which row heads the columns, where each column leads, which
row is which line.

A layout turns the lines of a file into rows of amounts, one line at a time. It is proposed from the
first lines, shown to a person, and kept for the next file with the same header.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from catalog.errors import Malformed
from catalog.kinds.register import kind_of
from catalog.price_grid_text import UNIT, is_nothing
from catalog.product_model import PriceLine, ProductModel, Text
from catalog.written_numbers import Mark, NotANumber, read_number

type Use = str
# Where a column may lead; "" leaves it out, and "item" names what a row is: an article number, a
# key or a name.
USES = (
    "",
    "item",
    "product",
    "price_list",
    "line",
    "value",
    "amount",
    "formula",
    "valid_from",
    "valid_until",
)
SAMPLE = 200
MOST_TITLES = 30

type Cells = Sequence[Any]
type Line = tuple[int, Cells]


@dataclass(frozen=True)
class Column:
    """Where a column leads. An amount may be that of one price list, line or value."""

    heading: str = ""
    use: Use = ""
    price_list: str = ""
    line: str = ""
    value: str = ""


@dataclass(frozen=True)
class Layout:
    """How a file is read: the number of the row that heads it (0 without one), and where its
    columns lead.

    `product`, `price_list`, `line`, `valid_from` and `valid_until` hold where no column tells.
    `items` says what a row is that its file calls otherwise: "top/oak", "desk/top/oak", or "" where
    it is left out. In a `matrix` the first column and the header hold sizes of the table of `line`;
    `turned` is one whose header holds the sizes of rows.
    """

    header: int = 1
    columns: tuple[Column, ...] = ()
    product: str = ""
    price_list: str = ""
    line: str = ""
    valid_from: str = ""
    valid_until: str = ""
    matrix: bool = False
    turned: bool = False
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where an amount is kept: a line of a product, and a value of its option or a cell of its
    table.
    """

    product: str
    line: str
    value: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.product, self.line, self.value) if part)


@dataclass(frozen=True)
class FileRow:
    """A row of amounts out of a file: `number` counts the file's lines, `columns` tells what the
    file calls a field.

    `problem` says at which column the row cannot be read, and why; of an amount that is left out
    `left_out` says which. `item` is what the file calls a row of which it is not known what it is.
    """

    number: int
    cells: Mapping[str, Any]
    columns: Mapping[str, str] = field(default_factory=dict)
    problem: tuple[str, str] | None = None
    left_out: str = ""
    item: str = ""


_KINDS = {int: "a whole number", str: "a text", bool: "true or false"}


# ---- as plain values -----------------------------------------------------------------------------


def write_layout(layout: Layout) -> dict[str, Any]:
    """Return `layout` as plain JSON values, without what is as always."""
    always = Layout()
    document: dict[str, Any] = {"header": layout.header}
    names = ("product", "price_list", "line", "valid_from", "valid_until", "matrix", "turned")
    document |= {
        name: getattr(layout, name)
        for name in names
        if getattr(layout, name) != getattr(always, name)
    }
    document["columns"] = [
        {name: each for name, each in vars(column).items() if each} for column in layout.columns
    ]
    return document | ({"items": dict(layout.items)} if layout.items else {})


def read_layout(document: Any) -> Layout:
    """Return the layout that plain values tell; refuses with Malformed, every place named."""
    errors: list[dict[str, str]] = []

    def fields(kind: type[Any], given: Any, pointer: str) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            errors.append(
                {"pointer": pointer, "detail": "expected fields such as header: and columns:"}
            )
            return {}
        known = vars(kind())
        for name, each in given.items():
            if name not in known:
                errors.append({"pointer": f"{pointer}/{name}", "detail": "there is no such field"})
            elif name not in ("columns", "items") and type(each) is not type(known[name]):
                errors.append(
                    {
                        "pointer": f"{pointer}/{name}",
                        "detail": f"expected {_KINDS[type(known[name])]}",
                    }
                )
        return {name: each for name, each in given.items() if name in known}

    found = fields(Layout, document, "")
    listed = found.get("columns", [])
    if not isinstance(listed, list):
        errors.append({"pointer": "/columns", "detail": "expected a list of columns"})
        listed = []
    columns = []
    for place, each in enumerate(listed):
        told = fields(Column, each, f"/columns/{place}")
        if told.get("use", "") not in USES:
            errors.append(
                {
                    "pointer": f"/columns/{place}/use",
                    "detail": f"expected one of {', '.join(USES[1:])}",
                }
            )
        columns.append(told)
    items = found.get("items", {})
    if not isinstance(items, Mapping) or not all(
        isinstance(each, str) for pair in items.items() for each in pair
    ):
        errors.append(
            {"pointer": "/items", "detail": "expected texts by what the file calls a row"}
        )
    if errors:
        raise Malformed(
            f"{errors[0]['pointer'] or 'the mapping'}: {errors[0]['detail']}.", errors=errors
        )
    return Layout(
        **{**found, "columns": tuple(Column(**each) for each in columns), "items": dict(items)}
    )


def fingerprint(cells: Cells) -> str:
    """Return what the same header has in every file; "" for one without any cell."""
    named = [plain(each) for each in cells]
    while named and not named[-1]:
        named.pop()
    return sha256("\x1f".join(named).encode()).hexdigest() if any(named) else ""


# ---- names ---------------------------------------------------------------------------------------


def plain(cell: Any) -> str:
    """Return a cell as names are compared: without case, accents' spelling, and what stands between
    words.
    """
    text = unicodedata.normalize("NFKC", text_of(cell)).casefold()
    return re.sub(r"[\W_]+", " ", text).strip()


def text_of(cell: Any) -> str:
    """Return a cell as text; a number as a sheet shows it."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{Decimal(f'{cell:.15g}').normalize() + 0:f}"
    if isinstance(cell, Decimal):
        return f"{cell.normalize() + 0:f}"
    if isinstance(cell, datetime):
        return cell.isoformat()
    return str(cell).strip()


def _texts(text: Text | None) -> Iterator[str]:
    if text is not None:
        yield text.default
        yield from (each for _, each in text.translations)


class Places:
    """All places of some products, by what files call them: article numbers, keys, and names in
    every language.
    """

    def __init__(self, models: Iterable[ProductModel], lists: Mapping[str, Iterable[str]]) -> None:
        """Take products, and price lists with all that they are called by their keys."""
        self.models = {model.product: model for model in models}
        self.products = _by_name(
            (key, (key, *_texts(model.name))) for key, model in self.models.items()
        )
        self.lists = _by_name((key, (key, *names)) for key, names in lists.items())
        self.lines: dict[str, dict[str, set[str]]] = {}
        self.values: dict[tuple[str, str], dict[str, set[str]]] = {}
        # Article numbers come before keys, and keys before names.
        self._ranked: tuple[dict[str, set[Place]], ...] = ({}, {}, {})
        for model in self.models.values():
            self._add(model)

    def _add(self, model: ProductModel) -> None:
        parts = {each.key: each.part for each in model.bom_lines}
        named: list[tuple[str, list[str]]] = []
        for line in model.price_lines:
            option = model.option_by_key.get(line.option or "")
            labels = [*_texts(line.label), *(_texts(option.label) if option is not None else ())]
            named.append((line.key, [line.key, *labels]))
            values: list[tuple[str, list[str]]] = []
            if option is None and line.table is None:
                place = Place(model.product, line.key)
                self._name(
                    0, place, *(parts.get(key, "") for key in line.parts if len(line.parts) == 1)
                )
                self._name(1, place, line.key)
                self._name(2, place, *labels)
            elif option is not None and kind_of(option).is_truth:
                values = [("true", ["true", "yes"]), ("false", ["false", "no"])]
            elif option is not None:
                for value in option.values:
                    names = [value.key, *_texts(value.label)]
                    values.append((value.key, [*names, value.sku]))
                    place = Place(model.product, line.key, value.key)
                    self._name(0, place, value.sku)
                    self._name(1, place, value.key, f"{line.key} {value.key}")
                    self._name(
                        2, place, *_texts(value.label), *(f"{a} {b}" for a in labels for b in names)
                    )
            self.values[model.product, line.key] = _by_name(values)
        self.lines[model.product] = _by_name(named)

    def _name(self, rank: int, place: Place, *names: str) -> None:
        for name in names:
            if known := plain(name):
                self._ranked[rank].setdefault(known, set()).add(place)

    def named(self, name: str, product: str = "", line: str = "") -> list[Place]:
        """Return the places called `name`, of a product and line where these are known; of several
        names the best.
        """
        for ranked in self._ranked:
            found = [
                place
                for place in ranked.get(plain(name), ())
                if product in ("", place.product) and line in ("", place.line)
            ]
            if found:
                return sorted(found, key=str)
        return []

    def of(self, target: str, product: str) -> list[Place]:
        """Return the place that "line/value" or "product/line/value" names; none where there is no
        such place.
        """
        parts = [part.strip() for part in target.split("/")]
        for key, rest in ((product, parts), (parts[0], parts[1:])):
            if key in self.lines and 1 <= len(rest) <= 2:
                line = one(self.lines[key], rest[0])
                value = one(self.values[key, line], rest[1]) if line and len(rest) == 2 else ""
                if line and (value or len(rest) == 1):
                    return [Place(key, line, value or "")]
        return []

    def lines_of(self, product: str) -> tuple[PriceLine, ...]:
        """Return the price lines of a product, none of one that is not there."""
        return self.models[product].price_lines if product in self.models else ()

    def values_of(self, product: str, key: str) -> list[tuple[str, str]]:
        """Return the values of a line whose amounts are by value: each with its label."""
        line = self.line(product, key)
        option = None if line is None else self.models[product].option_by_key.get(line.option or "")
        if option is None:
            return []
        if kind_of(option).is_truth:
            return [("true", f"{option.label}: yes"), ("false", f"{option.label}: no")]
        return [(value.key, str(value.label)) for value in option.values]

    def line(self, product: str, key: str) -> PriceLine | None:
        """Return a price line of a product."""
        model = self.models.get(product)
        return (
            None
            if model is None
            else next((each for each in model.price_lines if each.key == key), None)
        )


def _by_name(things: Iterable[tuple[str, Iterable[str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, names in things:
        for name in names:
            if known := plain(name):
                found.setdefault(known, set()).add(key)
    return found


def one(names: Mapping[str, set[str]], name: Any) -> str:
    """Return the key of the one thing called `name`, "" where there is none or several."""
    found = names.get(plain(name), set())
    exact = text_of(name)
    return exact if exact in found else next(iter(found)) if len(found) == 1 else ""


# ---- reading -------------------------------------------------------------------------------------


class _Left(Exception):
    """A row that cannot be read, with the use of its column."""

    def __init__(self, use: str, detail: str, item: str = "") -> None:
        super().__init__(detail)
        self.use, self.detail, self.item = use, detail, item


def rows_by(layout: Layout, lines: Iterable[Line], places: Places) -> Iterator[FileRow]:
    """Return the rows of amounts that `lines` hold by `layout`, as they are asked for."""
    reader = (_Matrix if layout.matrix else _Table)(layout, places)
    for number, cells in lines:
        if number > layout.header and any(text_of(cell) for cell in cells):
            yield from reader.rows(number, cells)
        elif number == layout.header:
            reader.head(cells)


class _Table:
    """Reads a file whose rows are lines and values."""

    def __init__(self, layout: Layout, places: Places) -> None:
        self.layout, self.places = layout, places
        self.amounts = [
            (at, each)
            for at, each in enumerate(layout.columns)
            if each.use in ("amount", "formula")
        ]
        self.at = {
            each.use: at for at, each in reversed(list(enumerate(layout.columns))) if each.use
        }
        self.item_columns = [at for at, each in enumerate(layout.columns) if each.use == "item"]
        self.items = {plain(name): target for name, target in layout.items.items()}
        self.width: int | None = None

    def head(self, cells: Cells) -> None:
        """Take how many columns there are: a row with more of them was broken by a comma."""
        named = max((at + 1 for at, cell in enumerate(cells) if text_of(cell)), default=0)
        self.width = max(named, len(self.layout.columns))

    def rows(self, number: int, cells: Cells) -> Iterator[FileRow]:
        """Return the rows of amounts in one line of the file."""
        told = {use: text_of(cells[at]) for use, at in self.at.items() if at < len(cells)}
        filled = [
            (at, each)
            for at, each in self.amounts
            if at < len(cells) and not is_nothing(text_of(cells[at]))
        ]
        if not filled:
            item = self._item(cells) or told.get("line", "")
            yield FileRow(number, {}, left_out=f"no amount{f' for {item!r}' if item else ''}")
            return
        if self.width is not None and (beyond := _beyond(cells, self.width)):
            yield FileRow(number, {}, problem=(self._heading(filled[-1][0]), beyond))
            return
        common = {
            "valid_from": told.get("valid_from") or self.layout.valid_from,
            "valid_until": told.get("valid_until") or self.layout.valid_until,
        }
        for name in ("valid_from", "valid_until"):
            if name in self.at and self.at[name] < len(cells) and cells[self.at[name]] is not None:
                common[name] = cells[self.at[name]]
        for at, column in self.amounts:
            cell = cells[at] if at < len(cells) else None
            names = {use: self._heading(place) for use, place in self.at.items()} | {
                column.use: self._heading(at)
            }
            try:
                found = self._places(cells, told, column)
                price_list = self._list(column, told)
            except _Left as left:
                problem = (names.get(left.use) or self._heading(at), left.detail)
                yield FileRow(number, {}, names, problem, item=left.item)
                return
            if is_nothing(text_of(cell)):
                yield FileRow(
                    number, {}, left_out=f"{self._heading(at)}: {text_of(cell) or 'empty'}"
                )
                continue
            for place in found:
                row = {"price_list": price_list, **vars(place), column.use: cell, **common}
                yield FileRow(number, row, names)

    def _heading(self, at: int) -> str:
        return self.layout.columns[at].heading or f"column {at + 1}"

    def _item(self, cells: Cells) -> str:
        return next(
            (text for at in self.item_columns if at < len(cells) and (text := text_of(cells[at]))),
            "",
        )

    def _list(self, column: Column, told: Mapping[str, str]) -> str:
        if column.price_list:
            return column.price_list
        name = told.get("price_list", "")
        if not name:
            if not self.layout.price_list:
                raise _Left(
                    "price_list", "no price list is named here, and none for the whole file"
                )
            return self.layout.price_list
        # What has no such name is told by whoever keeps it.
        return one(self.places.lists, name) or name

    def _places(self, cells: Cells, told: Mapping[str, str], column: Column) -> list[Place]:
        product = self.layout.product
        if name := told.get("product"):
            product = one(self.places.products, name)
            if not product:
                raise _Left("product", f"there is no product {name!r}")
        line = column.line or self.layout.line
        if (name := told.get("line")) and not column.line:
            if not product:
                raise _Left("line", "say of which product the lines are")
            line = one(self.places.lines.get(product, {}), name)
            if not line:
                raise _Left(
                    "line", f"the product {product!r} has no one price line called {name!r}", name
                )
        if name := column.value or told.get("value", ""):
            return [self._valued(cells, told, product, line, name, column)]
        if self.item_columns:
            return self._items(cells, product, line)
        if not line:
            raise _Left("item", "no column says what a row is")
        return [Place(product, line)]

    def _valued(
        self,
        cells: Cells,
        told: Mapping[str, str],
        product: str,
        line: str,
        name: str,
        column: Column,
    ) -> Place:
        """Return the place of a value that a column is about, or that stands beside its line."""
        if self.item_columns and "line" not in self.at:
            item = self._item(cells)
            owners = [key for key in (product,) if key] or list(self.places.lines)
            found = {(key, own) for key in owners if (own := one(self.places.lines[key], item))}
            target = self.items.get(plain(item))
            if target is not None:
                found = {(each.product, each.line) for each in self.places.of(target, product)}
            if len(found) != 1:
                raise _Left("item", f"{item!r} is not one price line", item)
            product, line = found.pop()
        if not line:
            raise _Left("value", f"say of which price line {name!r} is a value")
        value = one(self.places.values.get((product, line), {}), name)
        return Place(product, line, value or name)

    def _items(self, cells: Cells, product: str, line: str) -> list[Place]:
        names = [
            text for at in self.item_columns if at < len(cells) and (text := text_of(cells[at]))
        ]
        for name in names:
            target = self.items.get(plain(name))
            if target == "":
                return []
            if target is not None:
                if found := self.places.of(target, product):
                    return found
                raise _Left(
                    "item", f"{name!r} should be {target!r}, and there is no such place", name
                )
        doubts = ""
        for name in names:
            found = self.places.named(name, product, line)
            if found and len({place.product for place in found}) == len(found):
                return found
            if found and not doubts:
                doubts = f"{name!r} may be {', '.join(map(str, found[:4]))}{' …' if len(found) > 4 else ''}"
        if doubts:
            raise _Left("item", doubts, names[0])
        if not names:
            raise _Left("item", "nothing says what this row is")
        raise _Left("item", f"there is no line or value called {names[0]!r}", names[0])


def _beyond(cells: Cells, width: int) -> str:
    """Return what is wrong with a row that has a cell behind the last column; nothing where it has
    none.
    """
    beyond = next((text for cell in cells[width:] if (text := text_of(cell))), "")
    told = "a cell is in no column of the header; an amount with a comma stands in quotes"
    return f"{told}: {beyond!r}" if beyond else ""


class _Matrix:
    """Reads a file whose rows and columns are sizes."""

    def __init__(self, layout: Layout, places: Places) -> None:
        self.layout = layout
        self.headings: list[str] = []
        self.sizes: list[Decimal | None] = []
        line = places.line(layout.product, layout.line)
        self.table = None if line is None else line.table

    def head(self, cells: Cells) -> None:
        """Take the sizes across; what stands behind the last of them is in no column."""
        named = max((at for at, cell in enumerate(cells) if text_of(cell)), default=0)
        self.headings = [text_of(cell) for cell in cells[1 : named + 1]]
        self.sizes = [size_of(cell) for cell in cells[1 : named + 1]]

    def rows(self, number: int, cells: Cells) -> Iterator[FileRow]:
        """Return an amount for each cell that has one."""
        if self.table is None:
            told = "say of which price line with a table these are the sizes"
            yield FileRow(number, {}, problem=("line", told))
            return
        size = size_of(cells[0])
        if size is None:
            if any(text_of(cell) for cell in cells[1:]):
                yield FileRow(number, {}, problem=("1", f"{text_of(cells[0])!r} is no size"))
            else:
                yield FileRow(number, {}, left_out=text_of(cells[0]))
            return
        if beyond := _beyond(cells, len(self.sizes) + 1):
            yield FileRow(number, {}, problem=(f"{size:f}", beyond))
            return
        for at, across in enumerate(self.sizes):
            cell = cells[at + 1] if at + 1 < len(cells) else None
            column = (
                self.layout.columns[at + 1]
                if at + 1 < len(self.layout.columns)
                else Column(use="amount")
            )
            if column.use != "amount":
                continue
            if across is None:
                if not is_nothing(text_of(cell)):
                    heading = self.headings[at]
                    told = f"{heading!r} is no size" if heading else "no size heads this column"
                    yield FileRow(
                        number,
                        {},
                        problem=(heading or f"column {at + 2}", f"{told}: {text_of(cell)!r}"),
                    )
                continue
            if is_nothing(text_of(cell)):
                yield FileRow(
                    number,
                    {},
                    left_out=f"{across:f} across and {size:f} down: {text_of(cell) or 'empty'}",
                )
                continue
            place = (size, across) if self.layout.turned else (across, size)
            yield self._row(number, f"{across:f}", place, cell)

    def _row(self, number: int, heading: str, place: tuple[Decimal, Decimal], cell: Any) -> FileRow:
        assert self.table is not None
        known = []
        sides = ((self.table.column_sizes, "column"), (self.table.row_sizes, "row"))
        for size, (sizes, what) in zip(place, sides, strict=True):
            own = next((each for each in sizes if each == size), None)
            if own is None:
                told = f"the table of {self.layout.line!r} has no {what} of {size:f}"
                return FileRow(
                    number,
                    {},
                    problem=(heading, f"{told}; new sizes are pasted into its price line"),
                )
            known.append(own)
        row = {name: getattr(self.layout, name) for name in ("price_list", "product", "line")}
        row |= {"value": f"{known[0]:f}x{known[1]:f}", "amount": cell}
        row |= {name: getattr(self.layout, name) for name in ("valid_from", "valid_until")}
        return FileRow(number, row, {"amount": heading, "value": heading})


def size_of(cell: Any) -> Decimal | None:
    """Return the size that a cell tells, None where it is none."""
    text = UNIT.sub("", text_of(cell))
    marks: tuple[Mark | None, ...] = (None, ",")
    for mark in marks:
        try:
            return read_number(text, mark)
        except NotANumber:
            continue
    return None
