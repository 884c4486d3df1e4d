"""The amounts that price lists keep, as a grid: rows in and out of CSV, spreadsheets and the API,
with a dry run.

A row names list, product, line and value, the amount or a formula, and when it holds. An empty
amount takes away what was kept.
"""

import csv
import json
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Context, Decimal
from io import BytesIO, StringIO
from itertools import batched
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F

from catalog import drafts
from catalog.auditing import MOST_SENTENCES, record
from catalog.counts import told_count
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.types import Scope, bind
from catalog.formats import percentage
from catalog.models import Merchant, Product, Version
from catalog.product_model import MAX_DIGITS, PriceLine, ProductModel, read
from catalog.written_numbers import (
    Mark,
    NotANumber,
    decimal_mark,
    half_width,
    is_ambiguous,
    other_currency,
    read_number,
)
from pricing.layouts import FileRow
from pricing.lines import amount_keys, amount_problem
from pricing.models import ListAmount, PriceList, PriceRevision, WorkCalendar
from pricing.price_forms import forms_of
from pricing.signals import price_lists_changed
from pricing.spreadsheets import BEYOND

COLUMNS = (
    "price_list",
    "product",
    "line",
    "value",
    "amount",
    "formula",
    "valid_from",
    "valid_until",
)
# Told beside each row for people; what they hold is not read.
TOLD = ("label", "version_amount")
_KNOWN = {*COLUMNS, *TOLD, BEYOND}
MOST_ERRORS = 1_000
MOST_BYTES = 50_000_000
MOST_CHARACTERS = 2_000
_CHUNK = 1_000
_MOST_TOLD = 12
_AS_SHOWN = Context(prec=MAX_DIGITS)
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")

type Place = tuple[int, int, str, str, datetime | None]


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell; rows count from 1, without the line of headings."""

    row: int
    column: str
    detail: str


@dataclass
class Report:
    """What keeping rows did, or in a dry run would do.

    `percents` are the changes of amounts that are plain numbers, `below_cost` counts those that are
    below the line's cost and were not before, `below` tells the first thousand. `refused` counts
    wrong rows; `errors` tells the first thousand cells. Of rows in a vendor's layout `left_out`
    counts amounts that are not there, `without` tells the first thousand, and `unknown` counts rows
    by what the file calls them where it is not known what they are.
    """

    created: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    refused: int = 0
    below_cost: int = 0
    errors: list[RowError] = field(default_factory=list)
    below: list[RowError] = field(default_factory=list)
    percents: array[float] = field(default_factory=lambda: array("d"))
    left_out: int = 0
    without: list[RowError] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    traces: list[tuple[Place, str | None, str | None]] = field(default_factory=list)

    def trace(self, place: "Place", old: str | None, new: str | None) -> None:
        """Remember what an amount was and is, for the first of them."""
        if len(self.traces) < MOST_SENTENCES:
            self.traces.append((place, old, new))

    def leave_out(self, row: FileRow) -> None:
        """Count an amount that is not there."""
        self.left_out += 1
        if len(self.without) < MOST_ERRORS:
            self.without.append(RowError(row.number, "", row.left_out))

    def refuse(self, row: FileRow, column: str, detail: str) -> None:
        """Count a row that is wrong, and tell the cell by the file's own names."""
        self.refused += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(RowError(row.number, row.columns.get(column, column), detail))
        if row.item and (row.item in self.unknown or len(self.unknown) < MOST_ERRORS):
            self.unknown[row.item] = self.unknown.get(row.item, 0) + 1

    @property
    def median_percent(self) -> float | None:
        """The median change in percent, rounded to one decimal; None where no number changes."""
        return round(median(self.percents), 1) if self.percents else None

    def told(self, costs: bool = True) -> str:
        """Return the report as one sentence; what is lower than cost is told only with `costs`."""
        count = self.created + self.changed
        parts = [told_count(count, "price changes", "prices change")]
        if self.median_percent is not None:
            parts.append(
                f"median {percentage(Decimal(str(self.median_percent)), None, signed=True)}"
            )
        if self.deleted:
            parts.append(f"{self.deleted} taken away")
        if self.below_cost and costs:
            parts.append(
                f"{self.below_cost} become{'s' if self.below_cost == 1 else ''} lower than cost"
            )
        parts.append(f"{self.unchanged} stay")
        if self.left_out:
            parts.append(f"{self.left_out} without an amount left out")
        if self.refused:
            parts.append(f"{told_count(self.refused, 'row')} refused")
        return ", ".join(parts) + "."


class _Wanted(NamedTuple):
    """What a row asks for, at a line of the version."""

    place: Place
    amount: str | None
    valid_until: datetime | None
    line: "_Line"
    row: int


class _Wrong(Exception):
    def __init__(self, column: str, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.detail = detail


@transaction.atomic
def keep_amounts(
    merchant: Merchant,
    rows: Iterable[Mapping[str, Any] | FileRow],
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    *,
    formulas: bool = False,
) -> Report:
    """Keep `rows` as amounts of the merchant's price lists and return what that did; in a `dry_run`
    keep nothing.

    A formula stands in the column `formula`, or with `formulas` also in that of amounts. Of rows
    that a layout read the file's own numbers and columns are told. Rows that are wrong are told and
    left out, the others are kept. Rows are taken as they come, a thousand at a time, so that their
    number is not bounded by memory; `progress` is told how many have been read.
    """
    report = Report()
    reader = _Reader(merchant, formulas)
    touched: set[int] = set()
    seen = 0
    for chunk in batched(rows, _CHUNK):
        reader.learn_mark(chunk)
        wanted: dict[Place, _Wanted] = {}
        for row in chunk:
            seen += 1
            try:
                if isinstance(row, FileRow):
                    if row.left_out:
                        report.leave_out(row)
                        continue
                    if row.problem is not None:
                        raise _Wrong(*row.problem)
                    each = reader.wanted(row.cells, row.number)
                else:
                    each = reader.wanted(row, seen)
                if each.place in wanted:
                    raise _Wrong(
                        "line", f"row {wanted[each.place].row} is for the same place and beginning"
                    )
                wanted[each.place] = each
            except _Wrong as wrong:
                told = row if isinstance(row, FileRow) else FileRow(seen, row)
                report.refuse(told, wrong.column, wrong.detail)
        touched |= _keep(wanted, report, dry_run)
        if progress is not None:
            progress(seen)
    if touched and not dry_run:
        PriceList.objects.filter(pk__in=touched).update(revision=F("revision") + 1)
        PriceRevision.change(merchant.pk)
        changed = list(PriceList.objects.filter(pk__in=touched).select_related("merchant"))
        price_lists_changed.send(PriceList, price_lists=changed, is_deleted=False)
        _record(merchant, changed, report)
    return report


def _record(merchant: Merchant, price_lists: Sequence[PriceList], report: Report) -> None:
    """Write down that amounts of some lists were kept: how many, and the first of them."""
    keys = dict(
        Product.objects.for_merchant(merchant)
        .filter(pk__in={place[1] for place, _, _ in report.traces})
        .values_list("pk", "key")
    )
    for price_list in price_lists:
        told = [
            f"{keys.get(place[1], '')} {' '.join(filter(None, place[2:4]))}: {old or 'nothing'} → {new or 'nothing'}"
            for place, old, new in report.traces
            if place[0] == price_list.pk
        ]
        changes = [report.told(costs=False), *told]
        record(merchant, "amounts.changed", price_list.key, changes=changes)


def _keep(wanted: Mapping[Place, _Wanted], report: Report, dry_run: bool) -> set[int]:
    known = ListAmount.objects.filter(
        price_list__in={place[0] for place in wanted},
        product__in={place[1] for place in wanted},
        line__in={place[2] for place in wanted},
    )
    before: dict[Place, ListAmount] = {
        (row.price_list_id, row.product_id, row.line, row.value, row.valid_from): row
        for row in known
    }
    fields = [each.attname for each in ListAmount._meta.concrete_fields]
    created, changed, deleted = [], [], []
    for place, each in wanted.items():
        row = before.get(place)
        if each.amount is None:
            if row is not None:
                deleted.append(row.pk)
                report.trace(place, row.amount, None)
            else:
                report.unchanged += 1
            continue
        old = each.line.said.get(place[3]) if row is None else _plain(row.amount)
        if row is None:
            list_id, product_id, line, value, valid_from = place
            new: dict[str, Any] = {
                "id": None,
                "price_list_id": list_id,
                "product_id": product_id,
                "line": line,
                "value": value,
                "amount": each.amount,
                "valid_from": valid_from,
                "valid_until": each.valid_until,
                "earlier": False,
            }
            # Django makes a row in two thirds of the time where all its fields come by position.
            row = ListAmount(*map(new.__getitem__, fields))  # type: ignore[misc] # the plugin reads no star
            created.append(row)
            report.trace(place, None, each.amount)
        elif (row.amount, row.valid_until) == (each.amount, each.valid_until):
            report.unchanged += 1
            continue
        else:
            report.trace(place, row.amount, each.amount)
            row.amount, row.valid_until = each.amount, each.valid_until
            changed.append(row)
        _compare(each, old, report)
    report.created += len(created)
    report.changed += len(changed)
    report.deleted += len(deleted)
    if not dry_run:
        ListAmount.objects.bulk_create(created)
        ListAmount.objects.bulk_update(changed, ["amount", "valid_until"])
        ListAmount.objects.filter(pk__in=deleted).delete()
    is_kept = bool(created or changed or deleted)
    return {place[0] for place in wanted} if is_kept else set()


def _compare(each: _Wanted, old: Decimal | None, report: Report) -> None:
    """Add to `report` what the new amount is to the old one and to the cost, where all are plain
    numbers.
    """
    new = _plain(each.amount)
    if new is None:
        return
    if old:
        report.percents.append(float((new - old) / abs(old) * 100))
    value = each.place[3]
    cost = each.line.costs.get(value)
    if cost is not None and new < cost and (old is None or old >= cost):
        report.below_cost += 1
        if len(report.below) < MOST_ERRORS:
            what = " ".join(part for part in (each.line.line.key, value) if part)
            report.below.append(
                RowError(each.row, "amount", f"{what}: {new:f} is below the cost of {cost:f}")
            )


def _plain(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None and _NUMBER.fullmatch(text) else None


def _version_amounts(line: PriceLine) -> Mapping[str, str]:
    """Return what the version itself says for a line, by value."""
    form = next(iter(forms_of(line)), None)
    return {} if form is None else form.amounts


def _some(keys: Collection[str]) -> str:
    return ", ".join(list(keys)[:_MOST_TOLD]) + (
        f" and {len(keys) - _MOST_TOLD} more" if len(keys) > _MOST_TOLD else ""
    )


@dataclass(frozen=True)
class _Line:
    """A line with the values it may have; by value the plain numbers that the version says and that
    it costs.
    """

    line: PriceLine
    keys: Collection[str]
    said: Mapping[str, Decimal | None]
    costs: Mapping[str, Decimal | None]

    @classmethod
    def of(cls, line: PriceLine, model: ProductModel) -> "_Line":
        """Return a line of `model`, ready for all rows that are for it."""
        return cls(
            line,
            amount_keys(line, model.option_by_key.get(line.option or "")),
            {value: _plain(text) for value, text in _version_amounts(line).items()},
            {"": _plain(line.cost)} | {value: _plain(cost) for value, cost in line.costs.items()},
        )


type _Found = tuple[int, Scope, Mapping[str, _Line]]
"""A product's number, what its formulas read, and its lines."""


class _Reader:
    """Reads rows against the merchant's lists and products, each fetched once."""

    def __init__(self, merchant: Merchant, formulas: bool) -> None:
        self.merchant = merchant
        self.formulas = formulas
        lists = PriceList.objects.for_merchant(merchant).values_list("key", "pk", "currency")
        self.lists = {key: (pk, currency) for key, pk, currency in lists}
        self.products: dict[str, _Found | None] = {}
        self.mark: Mark | None = None
        calendar = WorkCalendar.objects.filter(merchant=merchant).first()
        self.zone = ZoneInfo(calendar.time_zone if calendar is not None else settings.TIME_ZONE)

    def learn_mark(self, rows: Iterable[Mapping[str, Any] | FileRow]) -> None:
        """Learn from amounts that can only be read one way how decimals are written in these rows."""
        if self.mark is not None:
            return
        cells = [row.cells if isinstance(row, FileRow) else row for row in rows]
        told = [each.get(name) for each in cells for name in ("amount", "version_amount")]
        # Where no row tells, as of whole amounts, this is asked of all of a hundred thousand.
        texts = [each for each in told if type(each) is str and each and not each.isdecimal()]
        self.mark = decimal_mark([each.removesuffix("%") for each in texts])

    def product(self, key: str) -> _Found | None:
        if key not in self.products:
            row = Product.objects.for_merchant(self.merchant).filter(key=key).first()
            model = None if row is None else model_of(row)
            self.products[key] = None
            if row is not None and model is not None:
                # Of several lines with one key the first is meant.
                lines = {each.key: _Line.of(each, model) for each in reversed(model.price_lines)}
                self.products[key] = (row.pk, Scope.of(model), lines)
        return self.products[key]

    def wanted(self, row: Mapping[str, Any], number: int) -> _Wanted:
        """Return what a row asks for; raise _Wrong with its column where it cannot be."""
        if BEYOND in row:
            told = "a cell is in no column that the first line names; an amount with a comma stands in quotes"
            raise _Wrong("amount", f"{told}: {row[BEYOND]!r}")
        if not row.keys() <= _KNOWN:
            unknown = next(name for name in row if name not in _KNOWN)
            raise _Wrong(str(unknown), f"there is no such column; known are {', '.join(COLUMNS)}")
        # Nearly all of them are texts, of each of a hundred thousand rows.
        cells = {
            name: cell.strip() if type(cell := row.get(name)) is str else _cell(cell)
            for name in COLUMNS
        }
        for name, cell in cells.items():
            if not cell:
                continue
            if cell[0] == "=":
                raise _Wrong(
                    name,
                    "this is a formula without its result; calculate the sheet and save it, or its values",
                )
            if len(cell) > MOST_CHARACTERS:
                raise _Wrong(name, f"this is longer than {MOST_CHARACTERS:,} characters")
        if cells["price_list"] not in self.lists:
            raise _Wrong("price_list", f"there is no price list {cells['price_list']!r}")
        list_id, currency = self.lists[cells["price_list"]]
        found = self.products.get(cells["product"]) or self.product(cells["product"])
        if found is None:
            raise _Wrong("product", f"there is no product {cells['product']!r}")
        product_id, scope, lines = found
        if cells["line"] not in lines:
            raise _Wrong(
                "line", f"the product {cells['product']!r} has no price line {cells['line']!r}"
            )
        known = lines[cells["line"]]
        line, keys = known.line, known.keys
        if cells["value"] not in keys:
            told = (
                f"one of {_some(keys)}" if "" not in keys else "left empty: the line has one amount"
            )
            raise _Wrong("value", f"the value of {cells['line']!r} must be {told}")
        begins = _moment(cells, "valid_from", self.zone) if cells["valid_from"] else None
        ends = _moment(cells, "valid_until", self.zone) if cells["valid_until"] else None
        if begins is not None and ends is not None and ends <= begins:
            raise _Wrong("valid_until", "what holds must begin before it ends")
        if cells["amount"] and cells["formula"]:
            raise _Wrong("formula", "there is an amount and a formula; only one of them can hold")
        # A number has one reading; a text has one only where a program wrote it, or the file tells.
        is_exact = self.formulas or not isinstance(row.get("amount"), str)
        if (
            other := other_currency(cells["amount"], "" if line.percent is not None else currency)
        ) != "":
            told = f"a percentage has no currency, and this has {other}"
            told = (
                told
                if line.percent is not None
                else f"{other} is not {currency}, which the price list is in"
            )
            raise _Wrong("amount", f"{cells['amount']!r}: {told}")
        amount = _amount(cells["amount"], line, scope, self, is_exact) if cells["amount"] else None
        if cells["formula"]:
            amount = _formula(cells["formula"], line, scope)
        place = (list_id, product_id, line.key, cells["value"], begins)
        return _Wanted(place, amount, ends, known, number)


def model_of(product: Product) -> ProductModel:
    """Return the newest published version of `product`, or its draft where there is none."""
    version = Version.objects.filter(product=product).order_by("-number").first()
    return drafts.read(product) if version is None else read(json.loads(version.document))


def _cell(value: Any) -> str:
    """Return what a cell that is no text says."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        # A double holds more digits than a sheet shows of it, or anybody meant.
        number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
        return f"{number.normalize() + 0:f}" if number.is_finite() else str(value)
    return str(value).strip()


def _moment(cells: Mapping[str, str], column: str, zone: tzinfo) -> datetime:
    """Return the time a cell tells; a day, or a time without an offset, is one where the merchant
    is.
    """
    text = cells[column]
    try:
        text = half_width(text)
        day = _DAY.fullmatch(text)
        known = datetime.fromisoformat(f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}" if day else text)
        return known if known.utcoffset() is not None else known.replace(tzinfo=zone)
    except ValueError:
        raise _Wrong(
            column,
            f"{text!r} is no time; write a day such as 2027-01-31, or 2027-01-31T00:00:00+01:00",
        ) from None


_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def _amount(text: str, line: PriceLine, scope: Scope, reader: _Reader, is_exact: bool) -> str:
    """Return what an amount cell says: a number as people write it, or where that is allowed a
    formula.
    """
    number = text
    if text.endswith("%"):
        if line.percent is None:
            raise _Wrong(
                "amount", f"{text!r} is a percentage, and the price line {line.key!r} has an amount"
            )
        number = text.removesuffix("%")
    try:
        is_plain = is_exact or reader.mark == "." or not is_ambiguous(number)
        if reader.mark != "," and is_plain and (plain := _plain(number.strip())) is not None:
            return _written(plain)
        return _written(read_number(number, reader.mark))
    except NotANumber as error:
        if line.table is not None or number is not text or not re.search("[A-Za-z]", text):
            raise _Wrong("amount", str(error)) from None
        if not reader.formulas:
            told = (
                "; a formula stands in a column of its own, formula"
                if _is_formula(text, scope)
                else ""
            )
            raise _Wrong("amount", f"{error}{told}") from None
    return _formula(text, line, scope, "amount")


def _written(number: Decimal) -> str:
    """Return an amount as it is kept: to the digits that spreadsheets show, for price lines read no
    more.
    """
    return f"{number.normalize(_AS_SHOWN) + 0:f}"


def _is_formula(text: str, scope: Scope) -> bool:
    try:
        bind(text, scope, "number", lengths=True)
    except ExpressionRefused:
        return False
    return True


def _formula(text: str, line: PriceLine, scope: Scope, column: str = "formula") -> str:
    if line.table is not None:
        raise _Wrong(column, "a cell of a table holds an amount, and no formula")
    if (problem := amount_problem(scope, line, text)) is not None:
        raise _Wrong(column, problem)
    return text


# ---- files ---------------------------------------------------------------------------------------


def grid_of(price_list: PriceList) -> Iterator[dict[str, str]]:
    """Return the whole grid of a list: a row for each line and value of each product, with what is
    kept for it.

    A place with amounts that begin on different days has a row for each.
    """
    kept: dict[tuple[int, str, str], list[ListAmount | None]] = {}
    for each in ListAmount.objects.filter(price_list=price_list).order_by("valid_from", "pk"):
        kept.setdefault((each.product_id, each.line, each.value), []).append(each)
    for product in Product.objects.filter(merchant_id=price_list.merchant_id).order_by("key"):
        model = model_of(product)
        for line in model.price_lines:
            if line.price_list not in (None, price_list.key):
                continue
            option, said = model.option_by_key.get(line.option or ""), _version_amounts(line)
            for value in amount_keys(line, option):
                for row in kept.get((product.pk, line.key, value), [None]):
                    kept_amount = row.amount if row is not None else ""
                    is_amount = not kept_amount or _plain(kept_amount) is not None
                    yield {
                        "price_list": price_list.key,
                        "product": product.key,
                        "line": line.key,
                        "value": value,
                        "amount": kept_amount if is_amount else "",
                        "formula": "" if is_amount else kept_amount,
                        "valid_from": row.valid_from.isoformat()
                        if row is not None and row.valid_from
                        else "",
                        "valid_until": row.valid_until.isoformat()
                        if row is not None and row.valid_until
                        else "",
                        "label": line.label.default,
                        "version_amount": said.get(value) or "",
                    }


def csv_of(rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows of a grid as CSV with its headings; cells that a spreadsheet would run as
    formulas are kept texts.

    An amount that could be read as two has a digit more: 1.2340.
    """
    stream = StringIO()
    writer = csv.DictWriter(stream, (*COLUMNS, *TOLD), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(name, cell) for name, cell in row.items()} for row in rows)
    return stream.getvalue()


def _harmless(column: str, cell: str) -> str:
    # Only a label is free text; keys and amounts begin with letters, digits, a bracket or a minus.
    if column in {"amount", "version_amount"} and _plain(cell) is not None and is_ambiguous(cell):
        return f"{cell}0"
    return f"'{cell}" if column in TOLD and cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def xlsx_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows of a grid as an XLSX file with its headings; amounts that are plain numbers are
    numbers.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Amounts")
    sheet.append([*COLUMNS, *TOLD])
    for row in rows:
        cells = []
        for name in (*COLUMNS, *TOLD):
            number = _plain(row[name]) if name in {"amount", "version_amount"} else None
            # A number that a spreadsheet would shorten stays a text.
            number = (
                number if number is not None and Decimal(repr(float(number))) == number else None
            )
            cell = WriteOnlyCell(sheet, value=row[name] if number is None else float(number))
            if number is None:
                cell.value, cell.data_type = (
                    _harmless(name, row[name]) if name == "amount" else row[name],
                    "s",
                )
            cells.append(cell)
        sheet.append(cells)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
