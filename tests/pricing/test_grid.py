"""Amounts of price lists as a grid, in and out."""

from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from catalog.errors import Malformed
from catalog.models import Role
from pricing.breakdown import compile_prices
from pricing.grid import csv_of, grid_of, keep_amounts, xlsx_of
from pricing.models import ListAmount, PriceList, WorkCalendar
from pricing.operations import terms_of
from pricing.spreadsheets import rows_of_csv, rows_of_xlsx
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LINES = [
    {"key": "base", "label": "=Desk", "amount": 200, "cost": 120},
    {
        "key": "top",
        "label": "Top",
        "option": "top",
        "amounts": {"glass": 80, "oak": 60, "laminate": "width / 50"},
    },
    {"key": "rebate", "label": "Rebate", "percent": -5},
]


@pytest.fixture
def shop():
    return make_shop(model=desk(price_lines=LINES))


@pytest.fixture
def retail(shop):
    return shop.price_lists.get(key="retail")


def row(line, amount, value="", **more):
    return {
        "price_list": "retail",
        "product": "desk",
        "line": line,
        "value": value,
        "amount": amount,
        **more,
    }


def amounts():
    return {(each.line, each.value): each.amount for each in ListAmount.objects.all()}


def test_rows_are_kept_and_hold_at_once(shop):
    before = terms_of(shop.slug, "EUR", product="desk").revision
    report = keep_amounts(shop, [row("base", "210"), row("top", "66", "oak"), row("rebate", -6)])
    assert (report.created, report.refused) == (3, 0)
    assert amounts() == {("base", ""): "210", ("top", "oak"): "66", ("rebate", ""): "-6"}
    assert terms_of(shop.slug, "EUR", product="desk").revision > before


def test_an_amount_of_more_digits_than_a_spreadsheet_shows_is_kept_as_it_would_show_it(shop):
    rows = [row("base", "3.3000000000000003"), row("top", "123456789012.123456789", "oak")]
    keep_amounts(shop, [*rows, row("top", "1.234.567,0000000000000001", "glass")])
    assert set(amounts().values()) == {"3.3", "123456789012.123", "1234567"}
    prices = compile_prices(desk(price_lines=LINES), terms_of(shop.slug, "EUR", product="desk"))
    assert prices.refusal is None


def test_a_dry_run_tells_what_would_change_and_keeps_nothing(shop):
    rows = [
        row("base", "110"),
        row("top", "66", "oak"),
        row("top", "80", "glass"),
        row("rebate", "-5"),
    ]
    report = keep_amounts(shop, rows, dry_run=True)
    assert report.told() == "4 prices change, median 0%, 1 becomes lower than cost, 0 stay."
    assert not ListAmount.objects.exists()


def test_the_same_rows_again_change_nothing(shop):
    rows = [row("base", "210"), row("top", "66", "oak", valid_from="2027-01-01T00:00:00Z")]
    keep_amounts(shop, rows)
    again = keep_amounts(shop, rows)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)


def test_an_empty_amount_takes_away_what_was_kept(shop):
    keep_amounts(shop, [row("base", "210")])
    assert keep_amounts(shop, [row("base", "")]).deleted == 1
    assert amounts() == {}


@pytest.mark.parametrize(
    ("wrong", "column", "told"),
    [
        (row("base", "1") | {"price_list": "retale"}, "price_list", "no price list 'retale'"),
        (row("base", "1") | {"product": "bureau"}, "product", "no product 'bureau'"),
        (row("bas", "1"), "line", "no price line 'bas'"),
        (row("top", "1", "steel"), "value", "one of glass, oak, laminate"),
        (row("base", "1", "oak"), "value", "left empty"),
        (row("base", "1,299"), "amount", "may be 1.299 or 1299; say which mark"),
        (row("base", "10-20"), "amount", "'10-20' is no amount"),
        (row("base", "12/4"), "amount", "'12/4' is no amount"),
        (row("base", "-6 %"), "amount", "a percentage, and the price line 'base' has an amount"),
        (row("base", "CHF 12.50"), "amount", "CHF is not EUR, which the price list is in"),
        (row("base", "$12.50"), "amount", "$ is not EUR"),
        (row("base", "50 ¢"), "amount", "¢ is not EUR"),
        (row("base", "12.50 PCS"), "amount", "PCS is not EUR"),
        (row("rebate", "€ 12.50"), "amount", "a percentage has no currency"),
        (row("base", "width * 2"), "amount", "a formula stands in a column of its own, formula"),
        (row("base", "nothing"), "amount", "'nothing' is no amount"),
        (row("base", "", formula="widht * 2"), "formula", "did you mean 'width'"),
        (row("base", "1", formula="width * 2"), "formula", "only one of them can hold"),
        (row("base", "1", valid_from="1/2/2027"), "valid_from", "write a day such as 2027-01-31"),
        (row("base", "1") | {"currency": "EUR"}, "currency", "no such column"),
    ],
)
def test_a_wrong_cell_is_told_and_the_other_rows_are_kept(shop, wrong, column, told):
    report = keep_amounts(shop, [wrong, row("rebate", "-7")])
    (error,) = report.errors
    assert (error.row, error.column, report.refused) == (1, column, 1)
    assert told in error.detail
    assert amounts() == {("rebate", ""): "-7"}


def test_the_same_place_twice_is_told(shop):
    report = keep_amounts(shop, [row("base", "210"), row("base", "220")])
    assert [(error.row, error.detail) for error in report.errors] == [
        (2, "row 1 is for the same place and beginning")
    ]


def test_another_merchants_lists_and_products_are_not_found(shop):
    rival = make_shop("rival", desk(product="bureau", price_lines=LINES))
    report = keep_amounts(rival, [row("base", "1")])
    assert [error.column for error in report.errors] == ["product"]
    assert not ListAmount.objects.exists()


def test_many_rows_take_few_queries(shop, django_assert_max_num_queries):
    rows = [
        row("base", str(index), valid_from=datetime(2027, 1, 1, 0, 0, index % 60, index, UTC))
        for index in range(1500)
    ]
    with django_assert_max_num_queries(25):
        assert keep_amounts(shop, rows).created == 1500


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_grid_goes_out_and_comes_back_unchanged(shop, retail, kind):
    keep_amounts(shop, [row("base", "210.50"), row("top", "", "laminate", formula="width / 40")])
    rows = list(grid_of(retail))
    assert [each["line"] for each in rows] == ["base", "top", "top", "top", "rebate"]
    back = rows_of_csv(csv_of(rows)) if kind == "csv" else rows_of_xlsx(BytesIO(xlsx_of(rows)))
    report = keep_amounts(shop, back)
    assert (report.created, report.changed, report.deleted, report.refused) == (0, 0, 0, 0)


def test_no_cell_of_a_file_is_a_formula_of_a_spreadsheet(retail):
    rows = list(grid_of(retail))
    assert "'=Desk" in csv_of(rows)
    sheet = load_workbook(BytesIO(xlsx_of(rows))).worksheets[0]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value} <= {
        "s",
        "n",
    }


def test_cells_pasted_from_a_spreadsheet_are_read():
    assert list(rows_of_csv("price_list\tproduct\tline\tamount\nretail\tdesk\tbase\t7\n")) == [
        {"price_list": "retail", "product": "desk", "line": "base", "amount": "7"}
    ]


def test_a_file_without_headings_is_refused():
    with pytest.raises(Malformed, match="name the columns; there is no price_list"):
        rows_of_csv("retail,desk,base,7\n")
    with pytest.raises(Malformed, match="no XLSX"):
        rows_of_xlsx(BytesIO(b"price_list"))


def test_the_page_of_a_list_takes_a_grid_and_shows_what_would_change(client, shop, retail):
    client.force_login(make_user(merchant=shop))
    address = reverse("admin:pricing_amounts", args=[retail.pk])
    file = SimpleUploadedFile(
        "a.csv", csv_of([*grid_of(retail)]).replace(",base,,,", ",base,,220,").encode()
    )
    page = client.post(address, {"file": file, "dry_run": "on"}).content.decode()
    assert "1 price changes, median +10%" in page
    assert amounts() == {}
    cells = "price_list\tproduct\tline\tvalue\tamount\nretail\tdesk\tbase\t\t220"
    assert "1 price changes" in client.post(address, {"cells": cells}).content.decode()
    assert amounts() == {("base", ""): "220"}
    assert (
        "Amounts as a grid"
        in client.get(reverse("admin:pricing_pricelist_change", args=[retail.pk])).content.decode()
    )
    assert client.get(f"{address}?format=xlsx").content[:2] == b"PK"


def test_a_viewer_looks_at_a_grid_and_brings_nothing_in(client, shop, retail):
    client.force_login(make_user("victor", shop, Role.VIEWER))
    address = reverse("admin:pricing_amounts", args=[retail.pk])
    assert client.get(address).status_code == 200
    assert (
        client.post(
            address, {"cells": "price_list\tproduct\tline\tamount\nretail\tdesk\tbase\t1"}
        ).status_code
        == 403
    )


def test_another_merchants_grid_is_not_found(client, shop):
    client.force_login(make_user(merchant=shop))
    other = make_shop("rival").price_lists.get(key="retail")
    assert client.get(reverse("admin:pricing_amounts", args=[other.pk])).status_code == 404


def test_the_command_line_brings_a_file_in(shop, tmp_path):
    file = tmp_path / "amounts.csv"
    file.write_text(
        "price_list,product,line,value,amount\nretail,desk,base,,230\nretail,desk,nothing,,1\n"
    )
    out, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("import_prices", str(file), stdout=out, stderr=errors)
    assert "1 price changes, median +15%, 0 stay, 1 row refused." in out.getvalue()
    assert "row 2, line: the product 'desk' has no price line 'nothing'" in errors.getvalue()
    assert PriceList.objects.get(key="retail").amounts.get().amount == "230"


@pytest.mark.parametrize(
    "text",
    [
        "price_list,product,line,value,amount\nretail,desk,base,,12,50\n",
        "price_list,product,line,value,amount,\nretail,desk,base,,12,50\n",
    ],
)
def test_a_comma_that_breaks_an_amount_in_two_is_told(shop, text):
    (error,) = keep_amounts(shop, rows_of_csv(text)).errors
    assert error.column == "amount"
    assert "an amount with a comma stands in quotes: '50'" in error.detail
    assert amounts() == {}


@pytest.mark.parametrize(
    ("sign", "currency"),
    [("$", "CAD"), ("kr.", "NOK"), ("¥", "JPY"), ("USD", "USD"), ("Fr.", "CHF"), ("zł", "PLN")],
)
def test_a_sign_is_of_every_currency_that_is_written_so(shop, retail, sign, currency):
    PriceList.objects.filter(pk=retail.pk).update(currency=currency)
    assert keep_amounts(shop, [row("base", f"{sign} 12.50")]).errors == []
    assert amounts() == {("base", ""): "12.5"}


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.299,50 €", "1299.5"), ("EUR 1'299.50", "1299.5"), (3.3000000000000003, "3.3")],
)
def test_an_amount_is_read_as_people_write_it(shop, text, amount):
    assert keep_amounts(shop, [row("base", text)]).errors == []
    assert amounts() == {("base", ""): amount}


def test_a_formula_stands_where_it_is_said_to(shop):
    assert keep_amounts(shop, [row("base", "", formula="width / 40")]).errors == []
    assert keep_amounts(shop, [row("top", "width / 30", "oak")], formulas=True).errors == []
    assert amounts() == {("base", ""): "width / 40", ("top", "oak"): "width / 30"}


def test_a_percentage_is_that_percentage(shop):
    assert keep_amounts(shop, [row("rebate", "-6,5 %")]).errors == []
    assert amounts() == {("rebate", ""): "-6.5"}


def test_what_may_be_two_numbers_is_read_as_the_others_in_its_column(shop):
    keep_amounts(shop, [row("base", "1.299"), row("top", "48,90", "oak")])
    assert amounts() == {("base", ""): "1299", ("top", "oak"): "48.9"}


def test_a_day_begins_where_the_merchant_is(shop):
    WorkCalendar.objects.create(merchant=shop, time_zone="America/Toronto")
    days = ["2027-01-01", "31.03.2027", datetime(2027, 5, 1)]
    assert keep_amounts(shop, [row("base", "1", valid_from=day) for day in days]).errors == []
    begins = [
        each.valid_from.isoformat()
        for each in ListAmount.objects.order_by("valid_from")
        if each.valid_from
    ]
    assert begins == [
        "2027-01-01T05:00:00+00:00",
        "2027-03-31T04:00:00+00:00",
        "2027-05-01T04:00:00+00:00",
    ]


def test_a_lone_amount_that_may_be_two_is_asked_about(shop):
    report = keep_amounts(shop, [row("base", "1.234")])
    assert [(each.row, each.column) for each in report.errors] == [(1, "amount")]
    assert "may be 1.234 or 1234" in report.errors[0].detail
    keep_amounts(shop, [row("base", "1.234"), row("top", "40,50", "oak")])
    assert amounts() == {("base", ""): "1234", ("top", "oak"): "40.5"}
    keep_amounts(shop, [row("base", "1.234", version_amount="199.5")])
    assert amounts()["base", ""] == "1.234"


def test_a_number_and_a_text_of_a_program_have_one_reading(shop):
    keep_amounts(shop, [row("base", 1.234)])
    assert amounts() == {("base", ""): "1.234"}
    keep_amounts(shop, [row("base", "2.345")], formulas=True)
    assert amounts() == {("base", ""): "2.345"}


def test_what_a_list_downloads_is_read_as_it_was_kept(shop, retail):
    keep_amounts(shop, [row("base", 1.234)])
    again = [each for each in rows_of_csv(csv_of(grid_of(retail))) if each["line"] == "base"]
    assert again[0]["amount"] == "1.2340"
    report = keep_amounts(shop, again)
    assert (report.unchanged, report.refused) == (1, 0)


def test_full_width_digits_are_read(shop):
    keep_amounts(shop, [row("base", "€１，２３４．５０", valid_from="２０２７-０１-３１")])
    (kept,) = ListAmount.objects.all()
    assert (kept.amount, kept.valid_from.date().isoformat()) == ("1234.5", "2027-01-31")


def test_a_formula_without_a_value_is_refused_by_row(shop):
    report = keep_amounts(shop, [{**row("base", ""), "formula": "1 / 0"}])
    assert [(each.column, each.detail) for each in report.errors] == [
        ("formula", "it has no value, whatever is chosen: it divides by zero")
    ]
