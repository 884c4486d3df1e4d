"""Tables of allowed or forbidden combinations as people paste them: a row of option keys, then one
row a line.

Cells are separated by tabs, semicolons or commas, whichever the first line uses. `oak|ash` means
any of them, `*` any value, `600..900` a range.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import Any

from catalog.expressions.errors import suggestion
from catalog.kinds.register import kind_of
from catalog.model_checks import row_problems
from catalog.product_model import Option, write_number

MAX_PROBLEMS = 12


@dataclass(frozen=True)
class Table:
    """A table that was read: its columns, its rows as plain JSON values, and what is wrong with it,
    by row.
    """

    options: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    problems: tuple[str, ...]


def read_table(text: str, options: Mapping[str, Option]) -> Table:
    """Return the table that `text` tells for a product with these options; at most 12 problems are
    told.
    """
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = next((each for each in "\t;" if each in first), ",")
    try:
        rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error as error:
        return Table((), (), (f"The table cannot be read: {error}.",))
    numbered = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1)]
    numbered = [(number, row) for number, row in numbered if any(row)]
    if not numbered:
        return Table((), (), ())
    header = tuple(numbered[0][1])
    problems = []
    for key in header:
        if key not in options:
            hint = suggestion(key, options) or "the first line names options by their keys"
            problems.append(f"Line {numbered[0][0]}: there is no option '{key}'; {hint}")
    columns = [options.get(key) for key in header]
    read: list[tuple[Any, ...]] = []
    wrong = 0
    for number, row in numbered[1:]:
        cells = tuple(_read_cell(option, cell) for option, cell in zip(columns, row, strict=False))
        cells += tuple(row[len(columns) :])
        read.append(tuple(_plain(cell) for cell in cells))
        for problem in row_problems(columns, cells):
            wrong += 1
            if wrong <= MAX_PROBLEMS:
                problems.append(f"Line {number}: {problem}")
    if wrong > MAX_PROBLEMS:
        problems.append(f"There are {wrong - MAX_PROBLEMS} more like these.")
    return Table(header, tuple(read), tuple(problems))


def write_table(options: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as text that `read_table` reads back; cells are separated by tabs, as
    spreadsheets copy them.
    """
    file = StringIO()
    writer = csv.writer(file, delimiter="\t", lineterminator="\n")
    if options:
        writer.writerow(options)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return file.getvalue()


def _read_cell(option: Option | None, text: str) -> Any:
    if option is not None and "|" in text:
        return tuple(kind_of(option).read_cell(option, part.strip()) for part in text.split("|"))
    return text if option is None else kind_of(option).read_cell(option, text)


def _plain(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return tuple(_plain(each) for each in cell)
    return write_number(cell) if isinstance(cell, Decimal) else cell


def _written(cell: Any) -> str:
    if isinstance(cell, list | tuple):
        return "|".join(_written(each) for each in cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return format(Decimal(repr(cell)), "f") if isinstance(cell, float) else str(cell)
