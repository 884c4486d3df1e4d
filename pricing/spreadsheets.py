"""Rows out of CSV and XLSX files that anybody may have made: read as they are asked for, within
bounds.

An XLSX file is an archive: a few kilobytes may unpack to gigabytes. What a grid of amounts never
needs is refused with Malformed before it takes memory: parts, rows, lines and columns each have a
bound.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain, islice, zip_longest
from typing import IO, Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from defusedxml.ElementTree import iterparse

from catalog.errors import Malformed
from catalog.nul import NUL, SENTENCE

# Where a row tells a cell that stands in no column with a heading, such as what follows the comma
# of `12,50`.
BEYOND = ""
MOST_COLUMNS = 64
_MOST_PEEKED = 20
MOST_LINE_BYTES = 100_000  # of CSV
MOST_WIDE_BYTES = 50_000_000  # of CSV in UTF-16, which is read as a whole
# What an XLSX file may hold: rows by its format; unpacked bytes of a row, all sheets, the texts,
# and every other part.
MOST_ROWS = 1_048_576
MOST_ROW_BYTES = 1_000_000
MOST_SHEET_BYTES = 300_000_000
MOST_TEXT_BYTES = 20_000_000
MOST_PART_BYTES = 5_000_000
MOST_INDEX_BYTES = 200_000

_WIDE_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_QUOTED = re.compile(r'"[^"]*"|\\.')
_SHEET, _TEXTS, _READ = "xl/worksheets/", "xl/sharedStrings.xml", (".xml", ".rels")
_ROW_END = re.compile(rb"</(?:[\w.-]{1,32}:)?row\s*>")
# The record at the end of an archive, source: PKWARE, "APPNOTE.TXT - .ZIP File Format
# Specification", 4.3.16.
_END, _END_BYTES, _MOST_COMMENT = b"PK\x05\x06", 22, 65_535
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NO_XLSX = "this is no XLSX file that can be read"


def rows_of_csv(source: str | BinaryIO) -> Iterator[dict[str, str]]:
    """Return the rows of a CSV text, a file of it, or of cells pasted from a spreadsheet; by
    heading.

    A file is in UTF-8, UTF-16 or, as older programs of Windows write it, in cp1252.

    Refuses with Malformed a text without headings, and while rows are asked for, what is no CSV.
    """
    return _rows(iter(cells for _, cells in _lines_of_csv(source)))


def lines_of(source: str | BinaryIO, name: str = "") -> Iterator[tuple[int, Sequence[Any]]]:
    """Return the lines of a file, or of pasted cells, as they are asked for: the number of each,
    from 1, and its cells.

    A file is XLSX where its `name` ends so. Refuses with Malformed, while lines are asked for, what
    cannot be read.
    """
    if not isinstance(source, str) and name.lower().endswith(".xlsx"):
        return ((number, cells) for number, cells in _lines_of_xlsx(source))
    return _lines_of_csv(source)


def _lines_of_csv(source: str | BinaryIO) -> Iterator[tuple[int, Sequence[str]]]:
    lines = _readable(_lines(BytesIO(source.encode()) if isinstance(source, str) else source))
    first = [
        line.lstrip("\ufeff") if not place else line
        for place, line in enumerate(islice(lines, _MOST_PEEKED))
    ]
    cells = _readable(csv.reader(chain(first, lines), delimiter=_separator(first)))
    for number, line in enumerate(cells, 1):
        if len(line) > MOST_COLUMNS:
            raise Malformed(
                f"there are more than {MOST_COLUMNS} columns: this is no grid of amounts"
            )
        _refuse_nul(number, line)
        yield number, line


def _refuse_nul(number: int, texts: Iterable[str]) -> None:
    """Refuse with Malformed a line of which a cell holds NUL, which no database keeps."""
    if NUL in "".join(texts):
        raise Malformed(f"row {number}: {SENTENCE}")


def _separator(lines: Sequence[str]) -> str:
    """Return what separates cells: of decimal commas there may be as many as of semicolons."""
    filled = [line for line in lines if line.strip()]
    for each in ("\t", ";"):
        if 2 * sum(each in line for line in filled) > len(filled):
            return each
    return max((",", ";", "\t"), key=lambda each: sum(line.count(each) for line in filled))


def _lines(file: BinaryIO) -> Iterator[str]:
    if (wide := _wide(file)) is not None:
        yield from wide
        return
    encoding = None
    while line := file.readline(MOST_LINE_BYTES + 1):
        if len(line) > MOST_LINE_BYTES:
            raise Malformed(
                f"a line is longer than {MOST_LINE_BYTES:,} bytes: this is no grid of amounts"
            )
        if encoding is None and not line.isascii():
            # The first letter beyond ASCII tells: what is no UTF-8 is hardly ever taken for it.
            encoding = "utf-8" if _is_utf_8(line) else "cp1252"
        yield line.decode(encoding or "ascii")


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _wide(file: BinaryIO) -> Iterator[str] | None:
    """Return the lines of a file in UTF-16, None where it is none."""
    start = file.read(4)
    file.seek(-len(start), 1)
    encoding = next((name for mark, name in _WIDE_MARKS if start.startswith(mark)), None)
    if (
        encoding is None
        and len(start) == 4
        and (start[1] == start[3] == 0 or start[0] == start[2] == 0)
    ):
        encoding = "utf-16-le" if start[1] == 0 else "utf-16-be"
    if encoding is None:
        return None
    content = file.read(MOST_WIDE_BYTES + 1)
    if len(content) > MOST_WIDE_BYTES:
        raise Malformed(
            f"a file in UTF-16 has at most {MOST_WIDE_BYTES:,} bytes; save it as CSV UTF-8"
        )
    return _bounded(StringIO(content.decode(encoding), newline=""))


def _bounded(lines: StringIO) -> Iterator[str]:
    while line := lines.readline(MOST_LINE_BYTES + 1):
        if len(line) > MOST_LINE_BYTES:
            raise Malformed(
                f"a line is longer than {MOST_LINE_BYTES:,} bytes: this is no grid of amounts"
            )
        yield line


def _readable[Each](lines: Iterator[Each]) -> Iterator[Each]:
    """Return `lines`; what cannot be read is refused with Malformed."""
    while True:
        try:
            line = next(lines)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise Malformed("the file is no text that can be read; save it as CSV UTF-8") from None
        except csv.Error as error:
            raise Malformed(f"this is no CSV that can be read: {error}") from None
        yield line


def rows_of_xlsx(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Return the rows of the first sheet of an XLSX file, read as they are asked for, by heading.

    Refuses with Malformed what is no such file, or larger than bounds allow, also while rows are
    asked for. A formula counts for the result that was saved with it; one that was saved without
    any is told as its text. A number is what the sheet shows of it: to 15 digits, and where its
    cell is formatted as percent, such as "-6 %".
    """
    return _rows(cells for _, cells in _lines_of_xlsx(file))


def _lines_of_xlsx(file: BinaryIO) -> Iterator[tuple[int, Sequence[Any]]]:
    lines = _cells(file)
    while True:
        try:
            line = next(lines)
        except StopIteration:
            return
        except Malformed:
            raise
        except Exception as error:
            # About a file that is not as it should be, openpyxl raises whatever comes its way.
            raise Malformed(f"{_NO_XLSX}: {error}") from None
        yield line


def _cells(file: BinaryIO) -> Iterator[tuple[int, Sequence[Any]]]:
    """Return number and cells of each row; of a row that is not there, nothing."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.worksheet._reader import WorkSheetParser

    _refuse_large_index(file)
    with _Archive(file) as archive:
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.archive.close()
        reader.archive = archive
        # Not `reader.read()`: that goes through whole sheets to learn how large they are.
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(archive, reader.wb)
        book = reader.wb
        sheets = (
            link.target for _, link in reader.parser.find_sheets() if "chartsheet" not in link.Type
        )
        path = next(sheets, None)
        if path is None:
            raise Malformed(f"{_NO_XLSX}: it has no sheet")
        with archive.open(path) as source:
            parser = WorkSheetParser(
                source,
                reader.shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            rows = None
            percents = _percent_styles(book)
            for event, element in iterparse(source, events=("start", "end")):
                if event == "start":
                    rows = element if element.tag == f"{_MAIN}sheetData" else rows
                elif element.tag == f"{_MAIN}row":
                    yield _line(parser, element, _plain_texts(element), percents)
                    # A row that was told stays with its sheet otherwise, and all of them together
                    # are large.
                    if rows is not None:
                        rows.clear()
                elif element.tag == f"{_MAIN}sheetData":
                    return


def _percent_styles(book: Any) -> frozenset[int]:
    """Return the styles of a workbook that show a number as percent."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    found = []
    for place, style in enumerate(book._cell_styles):
        number = style.numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            shown = BUILTIN_FORMATS.get(number, "")
        else:
            own = number - BUILTIN_FORMATS_MAX_SIZE
            shown = book._number_formats[own] if own < len(book._number_formats) else ""
        if "%" in _QUOTED.sub("", shown):
            found.append(place)
    return frozenset(found)


def _shown(value: Any, is_percent: bool) -> Any:
    """Return a number of a cell as the sheet shows it: a double holds more digits than were meant."""
    if value is None or isinstance(value, (bool, str)) or not isinstance(value, (int, float)):
        return value
    number = Decimal(f"{value:.15g}")
    return f"{(number * 100).normalize() + 0:f} %" if is_percent else number


def _plain_texts(row: Any) -> dict[int, str]:
    """Return the texts that cells of a row hold themselves, in one piece, by place; they are taken
    out of the row.

    The parser makes objects of whatever a text may hold, for each of them.
    """
    texts = {}
    for place, cell in enumerate(row):
        text = cell.find(f"{_MAIN}is") if cell.get("t") == "inlineStr" else None
        if text is not None and len(text) == 1 and text[0].tag == f"{_MAIN}t" and not len(text[0]):
            texts[place] = text[0].text or ""
            cell.remove(text)
    return texts


def _line(
    parser: Any, row: Any, texts: Mapping[int, str], percents: frozenset[int]
) -> tuple[int, Sequence[Any]]:
    number, cells = parser.parse_row(row)
    line: list[Any] = []
    for at, (cell, element) in enumerate(zip(cells, row, strict=True)):
        place = cell["column"] - 1
        if place >= MOST_COLUMNS:
            raise Malformed(
                f"a row has more than {MOST_COLUMNS} columns: this is no grid of amounts"
            )
        line += [None] * (place + 1 - len(line))
        if at in texts:
            line[place] = texts[at]
            continue
        formula = element.find(f"{_MAIN}f") if cell["value"] is None else None
        shown = _shown(cell["value"], cell["style_id"] in percents)
        line[place] = shown if formula is None else f"={formula.text or ''}"
    _refuse_nul(number, [cell for cell in line if isinstance(cell, str)])
    return number, line


class OtherLayout(Malformed):
    """A file whose first line does not name the columns as a price list's download does."""


def has_own_headings(cells: Sequence[Any]) -> bool:
    """Tell whether the first line of a file names the columns as a price list's download does."""
    return not _missing(_headings(cells))


def _headings(cells: Sequence[Any]) -> list[str]:
    return [str(cell or "").strip().lower() for cell in cells]


def _missing(headings: Sequence[str]) -> list[str]:
    missing = [name for name in ("price_list", "product", "line") if name not in headings]
    return missing + ([] if {"amount", "formula"} & set(headings) else ["amount"])


def _rows(lines: Iterator[Any]) -> Iterator[dict[str, Any]]:
    headings = _headings(next(lines, ()))
    missing = _missing(headings)
    if missing:
        raise OtherLayout(
            f"The first line must name the columns; there is no {', '.join(missing)}. The file that a price list "
            "downloads has them; a file that is laid out otherwise is brought in with a mapping, and a product "
            "comes as a product file (.yaml or .json)."
        )
    twice = sorted({name for name in headings if name and headings.count(name) > 1})
    if twice:
        raise Malformed(f"the first line names a column twice: {', '.join(twice)}")
    widest = len(headings) if all(headings) else 0
    return (
        _row(headings, cells, widest)
        for cells in lines
        # In C where a cell is filled; a nought is filled, too.
        if any(cells) or any(cell not in (None, "") for cell in cells)
    )


def _row(headings: Sequence[str], cells: Sequence[Any], widest: int) -> dict[str, Any]:
    """Return a line by its headings, and under BEYOND what is in none; one of at most `widest`
    cells has no such.
    """
    if len(cells) <= widest:
        return dict(zip(headings, cells, strict=False))
    row = {name: cell for name, cell in zip(headings, cells, strict=False) if name}
    beyond = [
        cell for name, cell in zip_longest(headings, cells) if not name and cell not in (None, "")
    ]
    return row | {BEYOND: beyond[0]} if beyond else row


# ---- bounds of an archive ------------------------------------------------------------------------


def _refuse_large_index(file: BinaryIO) -> None:
    """Refuse with Malformed an archive that lists so many parts that the list alone is large,
    before it is read.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _MOST_COMMENT))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise Malformed(f"{_NO_XLSX}: File is not a zip file")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_INDEX_BYTES:
        raise Malformed("the XLSX file lists more parts than any grid of amounts has")


class _Archive(ZipFile):
    """An archive whose parts are within bounds: those it tells, and of a sheet also those of each
    row.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        sheets = 0
        for each in self.infolist():
            # Whoever says less than there is gets no more than that: ZipFile reads no further.
            size, most = each.file_size, MOST_PART_BYTES
            if each.filename.startswith(_SHEET):
                sheets += size
                size, most = sheets, MOST_SHEET_BYTES
            elif each.filename == _TEXTS:
                most = MOST_TEXT_BYTES
            elif not each.filename.endswith(_READ):
                continue
            if size > most:
                told = f"{size:,} bytes, more than {most:,}"
                raise Malformed(
                    f"the XLSX file unpacks to too much: {each.filename[:60]} to {told}"
                )

    def open(self, name: Any, *arguments: Any, **named: Any) -> IO[bytes]:
        path = name if isinstance(name, str) else name.filename
        part = super().open(name, *arguments, **named)
        if path.startswith(_SHEET):
            return _Sheet(part)  # type: ignore[return-value]
        if not path.endswith(_READ):
            raise BadZipFile(f"{path} is no part of a workbook")
        return part


class _Sheet:
    """The bytes of a sheet, as long as no row is too long and there are not too many; what reads it
    needs no more.
    """

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._rows = 0
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        data = self._part.read(min(size, MOST_ROW_BYTES) if size >= 0 else MOST_ROW_BYTES)
        ends = [match.end() for match in _ROW_END.finditer(data)]
        self._rows += len(ends)
        self._since = len(data) - ends[-1] if ends else self._since + len(data)
        if self._rows > MOST_ROWS:
            raise Malformed(f"the sheet has more than {MOST_ROWS:,} rows; bring them in pieces")
        if self._since > MOST_ROW_BYTES:
            raise Malformed(
                f"a row of the sheet is longer than {MOST_ROW_BYTES:,} bytes: this is no grid of amounts"
            )
        return data

    def close(self) -> None:
        with suppress(OSError):
            self._part.close()

    def __enter__(self) -> "_Sheet":
        return self

    def __exit__(self, *exception: Iterable[object]) -> None:
        self.close()
