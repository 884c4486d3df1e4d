"""Price files as vendors lay them out: the likely reading, and what is read by it."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.errors import Malformed
from pricing.layout_proposals import propose
from pricing.layouts import Column, Layout, Places, fingerprint, read_layout, rows_by, write_layout
from pricing.spreadsheets import lines_of
from tests.examples.desk import desk

LISTS = {"retail": ("Retail", "Endkunden"), "trade": ("Trade",)}
TABLE = {
    "columns": "width",
    "rows": "width",
    "column_sizes": [600, 800],
    "row_sizes": [1000, 1400],
    "amounts": [[1, 2], [3, 4]],
}
DESK = desk(
    price_lines=[
        {"key": "base", "label": {"default": "Desk", "de": "Schreibtisch"}, "amount": 200},
        {
            "key": "top",
            "label": {"default": "Table top", "de": "Tischplatte"},
            "option": "top",
            "amounts": {"glass": 80, "oak": 60, "laminate": 9},
        },
        {"key": "cloth", "label": "Cloth", "table": TABLE},
    ]
)


@pytest.fixture
def places():
    return Places([DESK], LISTS)


def proposed(text: str, places: Places, price_list: str = "retail") -> Layout:
    return propose(list(lines_of(text)), places, price_list)


def rows(
    text: str, places: Places, layout: Layout | None = None, price_list: str = "retail"
) -> list[Any]:
    return list(rows_by(layout or proposed(text, places, price_list), lines_of(text), places))


def kept(text: str, places: Places, **named: Any) -> list[tuple[str, str, str, Any]]:
    found = rows(text, places, **named)
    return [
        (each.cells["price_list"], each.cells["line"], each.cells["value"], each.cells["amount"])
        for each in found
        if each.cells
    ]


def test_titles_stand_above_and_rows_are_article_numbers(places):
    text = "Preisliste 2027;;\ngültig ab 01.03.2027;;\n\nArtikelnummer;Bezeichnung;Nettopreis\n"
    text += "TP-G;Glas;81,50\nTP-O;Eiche;63\n"
    layout = proposed(text, places)
    assert (layout.header, layout.valid_from) == (4, "2027-03-01")
    assert kept(text, places) == [
        ("retail", "top", "glass", "81,50"),
        ("retail", "top", "oak", "63"),
    ]


@pytest.mark.parametrize(
    "name",
    ["Oak", "Eiche", "oak", "TP-O", "Table top: Oak", "Tischplatte / Eiche", "top/oak", "top oak"],
)
def test_a_row_is_known_by_number_key_or_name_in_any_language(places, name):
    assert kept(f"Was;Preis\n{name};63\nGlass;80\n", places)[0][1:3] == ("top", "oak")


@pytest.mark.parametrize("name", ["base", "Desk", "Schreibtisch"])
def test_a_line_of_one_amount_is_known_by_its_own_names(places, name):
    assert kept(f"Name;Price\n{name};210\nOak;60\n", places)[0][1:3] == ("base", "")


def test_a_column_is_of_the_list_it_names(places):
    text = "SKU,Retail EUR,Trade net,EAN\nTP-G,80,60,4006381333931\nTP-O,70,50,4006381333948\n"
    assert kept(text, places) == [
        ("retail", "top", "glass", "80"),
        ("trade", "top", "glass", "60"),
        ("retail", "top", "oak", "70"),
        ("trade", "top", "oak", "50"),
    ]
    assert [each.use for each in proposed(text, places).columns] == ["item", "amount", "amount", ""]


def test_lines_and_values_stand_in_columns_of_their_own(places):
    text = "Position;Wert;VK\nTischplatte;Eiche;63\nSchreibtisch;;210\n"
    assert [each[1:] for each in kept(text, places)] == [("top", "oak", "63"), ("base", "", "210")]


def test_columns_are_values_where_somebody_says_so(places):
    columns = (
        Column("", "item"),
        Column("Glass", "amount", value="glass"),
        Column("Oak", "amount", value="oak"),
    )
    layout = Layout(1, columns, product="desk", price_list="trade")
    assert kept("Part;Glass;Oak\nTable top;80;60\n", places, layout=layout) == [
        ("trade", "top", "glass", "80"),
        ("trade", "top", "oak", "60"),
    ]


def test_what_is_not_known_is_told_by_row_column_and_name(places):
    layout = proposed("SKU;Price\nTP-G;80\nTP-X;70\n", places)
    wrong = [each for each in rows("SKU;Price\nTP-G;80\nTP-X;70\n", places) if each.problem]
    assert [(each.number, each.problem, each.item) for each in wrong] == [
        (3, ("SKU", "there is no line or value called 'TP-X'"), "TP-X")
    ]
    named = Layout(**{**vars(layout), "items": {"tp-x": "top/laminate"}})
    assert kept("SKU;Price\nTP-G;80\nTP-X;70\n", places, layout=named)[1][1:3] == (
        "top",
        "laminate",
    )
    left = Layout(**{**vars(layout), "items": {"TP-X": ""}})
    assert len(kept("SKU;Price\nTP-G;80\nTP-X;70\n", places, layout=left)) == 1


def test_a_row_that_a_comma_breaks_in_two_is_told(places):
    layout = proposed("SKU,Price\nTP-G,80\n", places)
    whole, broken = rows("SKU,Price\nTP-G,80,,\nTP-O,63,50\n", places, layout)
    assert whole.cells["amount"] == "80"
    assert broken.problem == (
        "Price",
        "a cell is in no column of the header; an amount with a comma stands in quotes: '50'",
    )


def test_a_name_of_several_places_is_asked_about(places):
    twice = desk(
        price_lines=[{**_line(), "key": "top"}, {**_line(), "key": "again", "label": "Again"}]
    )
    (_, wrong) = rows("Name;Price\nAgain: Oak;5\nOak;60\n", Places([twice], LISTS))
    assert wrong.problem == ("Name", "'Oak' may be desk/again/oak, desk/top/oak")


def _line() -> dict[str, Any]:
    return {"label": "Top", "option": "top", "amounts": {"glass": 80, "oak": 60, "laminate": 9}}


def test_an_article_number_holds_in_every_product_that_has_it():
    other = desk(product="bench", price_lines=[{**_line(), "key": "seat"}])
    both = Places([desk(price_lines=[{**_line(), "key": "top"}]), other], LISTS)
    layout = Layout(1, (Column("SKU", "item"), Column("Price", "amount")), price_list="retail")
    found = rows("SKU;Price\nTP-O;63\n", both, layout)
    assert [(each.cells["product"], each.cells["line"]) for each in found] == [
        ("bench", "seat"),
        ("desk", "top"),
    ]


def test_a_row_without_an_amount_takes_nothing_away(places):
    found = rows("SKU;Price\nTP-G;80\nTP-O;\nTP-L;n/a\nTops;\n", places)
    assert [each.left_out for each in found if not each.cells] == [
        "no amount for 'TP-O'",
        "no amount for 'TP-L'",
        "no amount for 'Tops'",
    ]


MATRIX = (
    "Sunscreen - valid from 01.03.2027;;\nDrop \\ Width;600;800\n1000;48,90;55,50\n1400;52,30;n/a\n"
)


def test_a_matrix_leads_to_the_cells_of_the_table(places):
    layout = proposed(MATRIX, places)
    assert (layout.matrix, layout.turned, layout.line, layout.valid_from) == (
        True,
        False,
        "cloth",
        "2027-03-01",
    )
    assert [each[2:] for each in kept(MATRIX, places)] == [
        ("600x1000", "48,90"),
        ("800x1000", "55,50"),
        ("600x1400", "52,30"),
    ]
    assert [each.left_out for each in rows(MATRIX, places) if each.left_out] == [
        "800 across and 1400 down: n/a"
    ]


def test_a_matrix_that_lies_on_its_side_is_turned(places):
    text = "Width \\ Drop;1000;1400\n600 mm;48,90;52,30\n800 mm;55,50;60\n"
    assert proposed(text, places).turned
    assert [each[2] for each in kept(text, places)] == [
        "600x1000",
        "600x1400",
        "800x1000",
        "800x1400",
    ]


def test_a_size_that_the_table_has_not_is_told_by_cell(places):
    found = rows("Drop \\ Width;600;900\n1000;48,90;55,50\n1400;1;2\n", places)
    assert next(each.problem for each in found if each.problem) == (
        "900",
        "the table of 'cloth' has no column of 900; new sizes are pasted into its price line",
    )


def test_a_cell_behind_the_last_size_is_told_and_nothing_of_its_row_is_kept(places):
    text = "Drop,600,800\n1000,48,50,55\n1400,1,2,,\n"
    found = rows(text, places)
    assert found[0].problem == (
        "1000",
        "a cell is in no column of the header; an amount with a comma stands in quotes: '55'",
    )
    assert [each[2:] for each in kept(text, places)] == [("600x1400", "1"), ("800x1400", "2")]


def test_an_amount_below_what_is_no_size_is_told_by_cell(places):
    text = "Drop;600;wide;800\n1000;1;2;3\n1400;4;n/a;5\n"
    sized = vars(proposed("Drop;600;800\n1000;1;3\n1400;4;5\n", places))
    layout = Layout(
        **{**sized, "columns": (Column("Drop"), *(Column(use="amount") for _ in range(3)))}
    )
    assert [each.problem for each in rows(text, places, layout) if each.problem] == [
        ("wide", "'wide' is no size: '2'")
    ]
    assert [each[3] for each in kept(text, places, layout=layout)] == ["1", "3", "4", "5"]
    # What is marked as no amount may stand there.
    unused = Layout(
        **{
            **sized,
            "columns": (Column("Drop"), Column(use="amount"), Column("wide"), Column(use="amount")),
        }
    )
    assert [each for each in rows(text, places, unused) if each.problem] == []


def test_the_download_of_a_list_is_read_as_it_is(places):
    text = "price_list,product,line,value,amount,valid_from,label\ntrade,desk,top,oak,61,2027-01-01,Oak\n"
    assert kept(text, places) == [("trade", "top", "oak", "61")]
    assert rows(text, places)[0].cells["valid_from"] == "2027-01-01"


def test_numbers_of_rows_are_those_of_the_sheet():
    book = Workbook()
    book.active["A3"], book.active["B3"] = "SKU", "Price"
    book.active["A7"], book.active["B7"] = "TP-O", 63
    stream = BytesIO()
    book.save(stream)
    assert [number for number, _ in lines_of(stream, "a.XLSX")][-1] == 7


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("1000;48,90;55,50;62,10;n/a\n1400;52,30;59,80;67,20;74,60\n", 5),
        ("Prices, as of today\nSKU\tPrice\nA\t1,5\n", 2),
        ('SKU,Price\n"A;B",1\nC,2\n', 2),
    ],
)
def test_decimal_commas_separate_nothing(text, cells):
    assert len(list(lines_of(text))[-1][1]) == cells


def test_a_layout_goes_around_as_plain_values(places):
    for text in (MATRIX, "SKU,Retail,Trade\nTP-G,80,60\n"):
        layout = proposed(text, places)
        assert read_layout(write_layout(layout)) == layout


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "expected fields"),
        ({"headers": 1}, "there is no such field"),
        ({"header": "2"}, "expected a whole number"),
        ({"columns": [{"use": "price"}]}, "expected one of item"),
        ({"columns": {}}, "expected a list"),
        ({"items": {"a": 1}}, "expected texts"),
    ],
)
def test_a_layout_that_cannot_be_is_told(document, told):
    with pytest.raises(Malformed, match=told):
        read_layout(document)


def test_the_same_header_has_one_fingerprint():
    assert fingerprint(["SKU", " Net  price ", None]) == fingerprint(["sku", "Net price"])
    assert fingerprint(["SKU"]) != fingerprint(["SKU", "Price"])
    assert fingerprint([None, ""]) == ""


def test_cells_of_a_sheet_are_read_as_it_shows_them(places):
    layout = Layout(
        1, (Column("", "item"), Column("", "amount")), product="desk", price_list="retail"
    )
    lines = [(1, ("SKU", "Price")), (2, ("TP-O", Decimal("63.1")))]
    assert [each.cells["amount"] for each in rows_by(layout, lines, places)] == [Decimal("63.1")]
