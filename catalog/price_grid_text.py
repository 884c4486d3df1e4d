"""Tables of amounts as vendors send them: titles above, sizes across and down, amounts as people
write them.

What is pasted from a spreadsheet and what stands in a file is found the same way: a row of sizes,
then rows that begin with a size.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.product_model import MOST_TABLE_CELLS
from catalog.written_numbers import Mark, NotANumber, decimal_mark, read_number

MAX_PROBLEMS = 12
UNIT = re.compile(r"\s*(mm|cm|dm|m|in|inch|\"|”)\.?$", re.IGNORECASE)
# What vendors write where there is no amount.
_NOTHING = frozenset({"", "-", "–", "—", "x", "n/a", "n.a.", "na", "k.a.", "#n/a"})


@dataclass(frozen=True)
class PriceGrid:
    """A grid that was found: sizes, amounts row by row (None: no amount), what is wrong, and which
    cells are left out.

    `problems` and `left_out` name each cell by its line and what stands there; `corner` is what
    stands in the corner.
    """

    corner: str = ""
    column_sizes: tuple[Decimal, ...] = ()
    row_sizes: tuple[Decimal, ...] = ()
    amounts: tuple[tuple[Decimal | None, ...], ...] = ()
    problems: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def is_nothing(cell: str) -> bool:
    """Tell whether a cell says that there is no amount: it is empty, or holds a dash, a cross or
    "n/a".
    """
    return cell.lower() in _NOTHING


def read_price_grid(text: str) -> PriceGrid:
    """Return the grid that `text` tells, cells separated by tabs, semicolons or commas."""
    lines = text.removeprefix("\ufeff").splitlines()
    separator = max("\t;,", key=lambda each: sum(line.count(each) for line in lines))
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        return PriceGrid(problems=(f"The table cannot be read: {error}.",))
    return price_grid_of(rows)


def write_price_grid(document: Mapping[str, Any]) -> str:
    """Return the sizes and amounts of a price table, plain JSON values, as text that
    `read_price_grid` reads back.
    """
    lines = ["\t".join(["", *map(_written, document["column_sizes"])])]
    for size, amounts in zip(document["row_sizes"], document["amounts"], strict=True):
        lines.append("\t".join([_written(size), *map(_written, amounts)]))
    return "\n".join(lines) + "\n"


def _written(number: Any) -> str:
    return "" if number is None else f"{Decimal(repr(number)):f}"


def price_grid_of(rows: Sequence[Sequence[Any]]) -> PriceGrid:
    """Return the grid in `rows` of cells; what stands above it, such as a title, is passed over."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    head = next(
        (number for number, row in enumerate(cells) if is_head(row, cells[number + 1 :])), None
    )
    if head is None:
        told = "There is no table here: write the sizes across in one line, and begin each line below with its size."
        return PriceGrid(problems=(told,) if any(any(row) for row in cells) else ())
    last = max(place for place, cell in enumerate(cells[head]) if cell)
    body = [(number, row) for number, row in enumerate(cells[head + 1 :], head + 2) if any(row)]
    if last * len(body) > MOST_TABLE_CELLS:
        return PriceGrid(problems=(f"A table of amounts has at most {MOST_TABLE_CELLS:,} cells.",))
    # Sizes are whole as a rule, so that only amounts tell how decimals are written.
    mark = decimal_mark(cell for _, row in body for cell in row[1 : last + 1])
    problems: list[str] = []
    left_out: list[str] = []
    columns = [_size(cell, mark, head + 1, problems) for cell in cells[head][1 : last + 1]]
    sizes: list[Decimal | None] = []
    amounts: list[tuple[Decimal | None, ...]] = []
    for number, row in body:
        sizes.append(_size(row[0], mark, number, problems))
        found: list[Decimal | None] = []
        for at, cell in enumerate((*row[1 : last + 1], *[""] * (last + 1 - len(row)))):
            place = f"Line {number}, {cells[head][at + 1]} across and {row[0]} down"
            if is_nothing(cell):
                left_out.append(f"{place}: {cell or 'empty'}")
                found.append(None)
                continue
            try:
                found.append(read_number(cell, mark))
            except NotANumber as error:
                problems.append(f"{place}: {error}.")
                found.append(None)
        problems += [
            f"Line {number}: {cell!r} stands outside the sizes." for cell in row[last + 1 :] if cell
        ]
        amounts.append(tuple(found))
    for name, each in (("across", columns), ("down", sizes)):
        known = [size for size in each if size is not None]
        if len(set(known)) < len(known):
            twice = next(size for size in known if known.count(size) > 1)
            problems.append(f"The size {twice:f} stands twice {name}.")
    if problems:
        more = (
            [f"There are {len(problems) - MAX_PROBLEMS} more like these."]
            if len(problems) > MAX_PROBLEMS
            else []
        )
        return PriceGrid(problems=(*problems[:MAX_PROBLEMS], *more))
    across = sorted(range(len(columns)), key=lambda place: columns[place] or 0)
    down = sorted(range(len(sizes)), key=lambda place: sizes[place] or 0)
    return PriceGrid(
        cells[head][0],
        tuple(size for place in across if (size := columns[place]) is not None),
        tuple(size for place in down if (size := sizes[place]) is not None),
        tuple(tuple(amounts[row][column] for column in across) for row in down),
        (),
        tuple(left_out),
    )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        # As a spreadsheet shows it: 15 significant digits.
        return f"{Decimal(f'{value:.15g}'):f}"
    return "" if value is None else str(value).strip()


def is_head(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row holds sizes, and the next one begins with one."""
    following = next((each for each in below if any(each)), None)
    sizes = [cell for cell in row[1:] if cell]
    return (
        bool(sizes)
        and all(_is_size(cell) for cell in sizes)
        and not _is_size(row[0])
        and following is not None
        and _is_size(following[0])
    )


def _is_size(cell: str) -> bool:
    try:
        read_number(UNIT.sub("", cell), ",")
    except NotANumber:
        try:
            read_number(UNIT.sub("", cell), ".")
        except NotANumber:
            return False
    return True


def _size(cell: str, mark: Mark | None, line: int, problems: list[str]) -> Decimal | None:
    try:
        return read_number(UNIT.sub("", cell), mark)
    except NotANumber as error:
        problems.append(f"Line {line}: the size {error}.")
        return None
