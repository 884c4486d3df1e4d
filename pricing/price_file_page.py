"""The page that shows how a price file is read, and what would come of it, until somebody confirms
it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from catalog.errors import Malformed, Refusal
from pricing.grid import Report
from pricing.layouts import (
    Column,
    FileRow,
    Layout,
    Line,
    Place,
    Places,
    plain,
    rows_by,
    text_of,
    write_layout,
)
from pricing.models import PriceList
from pricing.price_files import Looked, keep_by, look, places_of, remember
from pricing.spreadsheets import has_own_headings, lines_of
from pricing.uploads import forget_files, keep_files, kept_files

PASTED = "pasted cells"
MOST_HEADERS = 30
MOST_SAMPLES = 4
MOST_PREVIEWED = 12
# Of rows that are not known so many are asked about at once; of places so many are offered by name.
MOST_ASKED = 25
MOST_OFFERED = 400
LEFT_OUT = "-"
_SHAPES = (
    ("rows", "Each row is a line or a value"),
    ("matrix", "Sizes across and down"),
    ("turned", "Sizes across and down, the table's rows across"),
)
_USES = (
    ("", "Left out"),
    ("item", "Article number, key or name of the row"),
    ("line", "Price line"),
    ("value", "Value of the line"),
    ("product", "Product"),
    ("price_list", "Price list"),
    ("valid_from", "Holds from"),
    ("valid_until", "Holds until"),
)


class LayoutForm(forms.Form):
    """How a file is read, as inputs: one for the whole file each, and one for each column."""

    header = forms.TypedChoiceField(coerce=int, label="The columns are headed by")
    shape = forms.ChoiceField(choices=_SHAPES, label="Rows and columns")
    product = forms.ChoiceField(required=False)
    price_list = forms.ChoiceField(required=False)
    line = forms.ChoiceField(required=False, label="Price line")
    valid_from = forms.CharField(
        required=False,
        label="Holds from",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: at once.",
    )
    valid_until = forms.CharField(
        required=False,
        label="Holds until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first day it no longer holds.",
    )

    def __init__(
        self, sample: Sequence[Line], places: Places, layout: Layout, data: Any = None
    ) -> None:
        super().__init__(data, initial=_initial(layout))
        self.places, self.layout = places, layout
        lists = sorted({key for keys in places.lists.values() for key in keys})
        product = (data or {}).get("product", layout.product)
        heads = [(number, cells) for number, cells in sample if any(map(text_of, cells))][
            :MOST_HEADERS
        ]
        if all(number != layout.header for number, _ in heads):
            heads = [
                *heads,
                *((number, cells) for number, cells in sample if number == layout.header),
            ]
        self._offer(
            "header",
            [(0, "No row: amounts begin at once"), *((n, _told(n, cells)) for n, cells in heads)],
        )
        products = [(key, f"{model.name} ({key})") for key, model in places.models.items()]
        self._offer(
            "product", [("", "As the file says, or each with the article number"), *products]
        )
        self._offer("price_list", [("", "As the file says"), *((key, key) for key in lists)])
        own = {
            each.key: each
            for key in ([product] if product else places.models)
            for each in places.lines_of(key)
        }
        self._offer(
            "line",
            [
                ("", "As each row says"),
                *((key, f"{each.label} ({key})") for key, each in own.items()),
            ],
        )
        uses = self._uses(lists, product)
        for at, column in enumerate(layout.columns):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                choices=uses,
                required=False,
                initial=_written(column),
                label=column.heading or f"Column {at + 1}",
            )

    def _offer(self, name: str, choices: Iterable[tuple[Any, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def _uses(self, lists: Sequence[str], product: str) -> list[Any]:
        amounts = [
            ("amount", "Amount"),
            *((f"amount|price_list|{key}", f"Amount in {key}") for key in lists),
        ]
        uses: list[Any] = [*_USES, ("Amounts", [*amounts, ("formula", "Formula")])]
        lines = self.places.lines_of(product)
        if lines:
            uses.append(
                (
                    "Amounts of a line",
                    [(f"amount|line|{each.key}", f"{each.label}") for each in lines],
                )
            )
            values = {
                key: label
                for each in lines
                for key, label in self.places.values_of(product, each.key)
            }
            if values:
                offered = islice(values.items(), MOST_OFFERED)
                uses.append(
                    (
                        "Amounts of a value",
                        [(f"amount|value|{key}", label) for key, label in offered],
                    )
                )
        known = {key for _, told in uses for key, _ in (told if isinstance(told, list) else ())}
        kept = {_written(each) for each in self.layout.columns if "|" in _written(each)} - known
        return [*uses, *((each, each.rpartition("|")[2]) for each in sorted(kept))]

    def clean(self) -> Any:
        cleaned = super().clean()
        for name in ("valid_from", "valid_until"):
            if text := self.cleaned_data.get(name):
                try:
                    date.fromisoformat(text)
                except ValueError:
                    self.add_error(
                        name, ValidationError("This is no day; write one such as 2027-01-31.")
                    )
        return cleaned

    def columns(self) -> Iterator[Any]:
        """Return the inputs of columns."""
        return (self[f"column-{at}"] for at in range(len(self.layout.columns)))

    def told(self) -> Layout:
        """Return the layout that the inputs tell."""
        cleaned = self.cleaned_data
        columns = [
            _read(cleaned[f"column-{at}"], column.heading)
            for at, column in enumerate(self.layout.columns)
        ]
        items = dict(self.layout.items)
        for name in self.data:
            if name.startswith("item-"):
                called, target = (
                    self.data.get(f"called-{name.removeprefix('item-')}", ""),
                    self.data[name].strip(),
                )
                items = {each: kept for each, kept in items.items() if plain(each) != plain(called)}
                if called and target:
                    items[called] = "" if target == LEFT_OUT else target
        names = ("header", "product", "price_list", "line", "valid_from", "valid_until")
        return Layout(
            **{name: cleaned[name] for name in names},
            columns=tuple(columns),
            matrix=cleaned["shape"] != "rows",
            turned=cleaned["shape"] == "turned",
            items=items,
        )


@dataclass(frozen=True)
class ColumnShown:
    """A column of the file: what it is called, its first cells, and the input that says where it
    leads.
    """

    heading: str
    cells: tuple[str, ...]
    field: Any


@dataclass(frozen=True)
class Asked:
    """A row of which it is not known what it is, or was said by hand."""

    name: str
    count: int
    target: str


def keep_price_file(price_list: PriceList, file: Any, cells: str) -> str:
    """Keep a file, or pasted cells, until it is known how they are read; return the address where
    that is asked.
    """
    kept: File[bytes] = file or ContentFile(cells.encode(), PASTED)
    token = keep_files(price_list.merchant, [kept])
    return reverse("admin:pricing_price_file", args=[price_list.pk, token])


def price_file_page(
    request: HttpRequest, site: AdminSite, price_list: PriceList, token: str
) -> HttpResponse:
    """Show how the file is read and what would come of it; on POST with the same mapping, bring it
    in.
    """
    amounts = reverse("admin:pricing_amounts", args=[price_list.pk])
    try:
        with kept_files(price_list.merchant, token) as (file,):
            return _page(request, site, price_list, token, file)
    except Refusal as refused:
        forget_files(price_list.merchant, token)
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(amounts)


def _page(
    request: HttpRequest, site: AdminSite, price_list: PriceList, token: str, file: Any
) -> HttpResponse:
    merchant, name = price_list.merchant, str(file.name)
    places = places_of(merchant)
    with _again(file) as source:
        looked = look(merchant, source, name, places=places, price_list=price_list.key)
    layout, status = looked.layout, 200
    form = LayoutForm(looked.sample, places, layout)
    if request.method == "POST":
        layout, form = _told_by(request, places, looked, price_list, file)
        status = 422 if form.errors else 200
        if not form.errors and request.POST.get("act") == "take":
            if request.POST.get("seen") == _digest(layout):
                with _again(file) as source:
                    report = keep_by(merchant, layout, lines_of(source, name), places=places)
                remember(merchant, layout, looked.sample, name)
                forget_files(merchant, token)
                messages.success(
                    request,
                    f"{report.told()} The mapping is remembered for files with this header.",
                )
                return HttpResponseRedirect(reverse("admin:pricing_amounts", args=[price_list.pk]))
            messages.warning(
                request,
                "You have changed the mapping. This is what would come of it; nothing is kept.",
            )
    with _again(file) as source:
        report = keep_by(merchant, layout, lines_of(source, name), dry_run=True, places=places)
    context = {
        **site.each_context(request),
        "title": "How the pasted cells are read" if name == PASTED else f"How {name} is read",
        "price_list": price_list,
        "form": form,
        "whole": [form[each] for each in LayoutForm.base_fields],
        "columns": list(_columns(form, looked.sample, layout)),
        "seen": _digest(layout),
        "items": json.dumps(dict(layout.items)),
        "report": report,
        "asked": _asked(report, layout),
        "offered": list(islice(_offered(places, layout.product), MOST_OFFERED)),
        "preview": list(islice(_preview(layout, looked.sample, places), MOST_PREVIEWED)),
        "remembered": looked.remembered,
        "brings": report.created + report.changed + report.deleted,
        "left_out_mark": LEFT_OUT,
    }
    return TemplateResponse(request, "admin/pricing/price_file.html", context, status=status)


def _told_by(
    request: HttpRequest, places: Places, looked: Looked, price_list: PriceList, file: Any
) -> tuple[Layout, LayoutForm]:
    """Return the layout that a POST tells, with its form; another header brings another proposal."""
    layout = looked.layout
    asked = request.POST.get("shown_header", "")
    if asked.isdecimal() and int(asked) != layout.header:
        layout = _headed_by(int(asked), looked, price_list, file, places)
    form = LayoutForm(
        looked.sample, places, replace(layout, items=_kept_items(request, layout)), request.POST
    )
    if not form.is_valid():
        return layout, form
    told = form.told()
    if told.header != layout.header:
        layout = _headed_by(told.header, looked, price_list, file, places)
        return layout, LayoutForm(looked.sample, places, layout)
    # So that choices follow what was chosen before them.
    return told, LayoutForm(looked.sample, places, told)


def _headed_by(
    header: int, looked: Looked, price_list: PriceList, file: Any, places: Places
) -> Layout:
    with _again(file) as source:
        return look(
            price_list.merchant,
            source,
            str(file.name),
            places=places,
            price_list=price_list.key,
            header=header,
        ).layout


def _kept_items(request: HttpRequest, layout: Layout) -> Mapping[str, str]:
    try:
        told = json.loads(request.POST.get("items", "{}"))
    except json.JSONDecodeError:
        return layout.items
    is_kept = isinstance(told, dict) and all(isinstance(each, str) for each in told.values())
    return told if is_kept else layout.items


@contextmanager
def _again(file: Any) -> Iterator[Any]:
    """Give the file from its beginning, whoever has read it before."""
    file.seek(0)
    yield file.file


def _digest(layout: Layout) -> str:
    return sha256(json.dumps(write_layout(layout), sort_keys=True).encode()).hexdigest()


def _initial(layout: Layout) -> dict[str, Any]:
    shape = "turned" if layout.turned else "matrix" if layout.matrix else "rows"
    return {**vars(layout), "shape": shape}


def _written(column: Column) -> str:
    for name in ("price_list", "line", "value"):
        if column.use == "amount" and (key := getattr(column, name)):
            return f"amount|{name}|{key}"
    return column.use


def _read(written: str, heading: str) -> Column:
    use, _, rest = written.partition("|")
    name, _, key = rest.partition("|")
    return Column(heading, use, **({name: key} if name in ("price_list", "line", "value") else {}))


def _told(number: int, cells: Sequence[Any]) -> str:
    text = " · ".join(each for cell in cells if (each := text_of(cell)))
    return f"Row {number}: {text if len(text) <= 70 else text[:69] + '…'}"


def _columns(form: LayoutForm, sample: Sequence[Line], layout: Layout) -> Iterator[ColumnShown]:
    body = [cells for number, cells in sample if number > layout.header]
    for at, (column, inputs) in enumerate(zip(form.layout.columns, form.columns(), strict=True)):
        cells = (text_of(line[at]) for line in body if at < len(line))
        yield ColumnShown(
            column.heading or f"Column {at + 1}",
            tuple(islice(filter(None, cells), MOST_SAMPLES)),
            inputs,
        )


def _asked(report: Report, layout: Layout) -> list[Asked]:
    by_hand = [Asked(name, 0, target or LEFT_OUT) for name, target in layout.items.items()]
    known = {plain(each.name) for each in by_hand}
    rest = (
        Asked(name, count, "") for name, count in report.unknown.items() if plain(name) not in known
    )
    return [*by_hand, *islice(rest, MOST_ASKED)]


def _offered(places: Places, product: str) -> Iterator[tuple[str, str]]:
    for key, model in places.models.items():
        if product in ("", key):
            prefix = "" if product else f"{key}/"
            for line in model.price_lines:
                values = places.values_of(key, line.key)
                if line.table is None and not values:
                    yield f"{prefix}{line.key}", str(line.label)
                for value, label in values:
                    yield f"{prefix}{line.key}/{value}", f"{line.label}: {label}"


def _preview(layout: Layout, sample: Sequence[Line], places: Places) -> Iterator[Mapping[str, Any]]:
    lines = dict(sample)
    for row in rows_by(layout, sample, places):
        if row.cells:
            yield {
                "row": row.number,
                "says": _says(row, lines[row.number], layout),
                **_place_told(row, places),
            }


def _says(row: FileRow, cells: Sequence[Any], layout: Layout) -> str:
    if layout.matrix:
        return f"{text_of(cells[0])}, {row.columns['amount']}"
    uses = ("item", "product", "line", "value")
    told = (
        text_of(cell)
        for cell, column in zip(cells, layout.columns, strict=False)
        if column.use in uses
    )
    return ", ".join(filter(None, told))


def _place_told(row: FileRow, places: Places) -> Mapping[str, str]:
    place = Place(*(str(row.cells[name]) for name in ("product", "line", "value")))
    line = places.line(place.product, place.line)
    value = dict(places.values_of(place.product, place.line)).get(place.value, place.value)
    return {
        "line": str(line.label) if line is not None else place.line,
        "value": value,
        "price_list": str(row.cells["price_list"]),
        "amount": text_of(row.cells.get("amount") or row.cells.get("formula")),
    }


def has_other_layout(file: Any, cells: str) -> bool:
    """Tell whether a file, or pasted cells, do not begin with the headings of a list's download."""
    name = str(file.name) if file else ""
    first = next(iter(lines_of(file.file if file else cells, name)), None)
    if file:
        file.seek(0)
    if first is None:
        raise Malformed("There is nothing in the file.")
    return not has_own_headings(first[1])
