"""The handed cases about amounts by two numbers, by the metre and by the order, and about files of
prices.
"""

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from catalog.errors import Malformed
from catalog.price_grid_text import read_price_grid
from pricing.breakdown import compile_prices, price
from pricing.models import ListAmount
from pricing.operations import import_product
from pricing.product_file import ProductFile, read_product_file
from pricing.spreadsheets import rows_of_csv
from tests.api import RETAIL
from tests.cases.reading import CASES, answers, needs_cases
from tests.examples.desk import desk
from tests.factories import make_merchant

pytestmark = needs_cases


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that asks for a case's price, one question after another."""

    def ask(name: str, *questions: dict[str, Any]) -> list[Any]:
        return [answer["price"] for answer in answers(name, *questions, monkeypatch=monkeypatch)]

    return ask


def amounts(price: dict[str, Any]) -> list[Decimal]:
    return [Decimal(line["amount"]) for line in price["lines"]]


SHUTTER = {
    "type": "sliding",
    "width": 900,
    "height": 1200,
    "corner": "c90",
    "colour": "custom",
    "frame": "z20",
}
SMALL = {"type": "sliding", "width": 300, "height": 400, "corner": "c90", "frame": "z20"}


@pytest.mark.parametrize(
    "name", ["43-shutter-by-square-metre-and-order.yaml", "44-shutter-as-formulas.yaml"]
)
def test_amounts_by_value_are_for_a_square_metre(asked, name):
    one, two, small = asked(
        name, {"choices": SHUTTER}, {"choices": SHUTTER, "quantity": 2}, {"choices": SMALL}
    )
    assert Decimal(one["unit_total"]) == Decimal("284.04")
    assert Decimal(two["total"]) == Decimal("718.08")
    assert Decimal(small["total"]) == Decimal("131.50")


def test_what_is_wanted_of_a_multi_choice_is_paid_by_the_metre(asked):
    choices = {"width": 2000, "trim": "edge", "extras": ["led", "rail"]}
    (price,) = asked("70-multi-choice-by-the-metre.yaml", {"choices": choices})
    assert amounts(price) == [20, 30, 16]


def test_a_size_between_two_costs_the_larger_one(asked, as_table):
    # The case writes the table as a formula, since there was no table; both ways are the same
    # price.
    sizes = [(75, 120, 61), (60, 100, 45), (Decimal("60.1"), 100, 52), (120, 200, 88)]
    questions = [{"choices": {"width": float(width), "drop": drop}} for width, drop, _ in sizes]
    right = [amount for _, _, amount in sizes]
    assert [
        Decimal(price["total"]) for price in asked("15-price-table-width-by-drop.yaml", *questions)
    ] == right
    assert [Decimal(price["total"]) for price in asked(as_table, *questions)] == right


TABLE = """    table:
      columns: width
      rows: drop
      column_sizes: [60, 90, 120]
      row_sizes: [100, 150, 200]
      amounts: [[45, 52, 60], [52, 61, 74], [60, 70, 88]]
"""


@pytest.fixture
def as_table(tmp_path: Path) -> str:
    """Return the path of the case's product with its amounts as a table."""
    text, _, _ = (CASES / "15-price-table-width-by-drop.yaml").read_text().partition("    amount:")
    path = tmp_path / "blind.yaml"
    path.write_text(text + TABLE)
    return str(path)


def test_a_vendors_matrix_is_eleven_amounts_and_one_cell_without():
    _, _, text = (CASES / "131-blind-price-matrix.csv").read_text().partition("\n")
    grid = read_price_grid(text)
    assert (grid.problems, grid.corner) == ((), "Drop \\ Width")
    assert (grid.column_sizes, grid.row_sizes) == ((600, 800, 1000, 1200), (1000, 1400, 1800))
    assert sum(amount is not None for row in grid.amounts for amount in row) == 11
    assert grid.amounts[0] == (Decimal("48.90"), Decimal("55.50"), Decimal("62.10"), None)
    assert grid.left_out == ("Line 3, 1200 across and 1000 down: n/a",)


@pytest.mark.django_db
@pytest.mark.database
def test_a_vendors_matrix_is_brought_into_a_price_list(tmp_path):
    _, _, text = (CASES / "131-blind-price-matrix.csv").read_text().partition("\n")
    (tmp_path / "matrix.csv").write_text(text)
    mapping, out = tmp_path / "mapping.json", StringIO()
    blind = desk(price_lines=[{"key": "blind", "label": "Blind", "table": SIZES}])
    import_product(make_merchant(), ProductFile(blind, (RETAIL,)))
    with mapping.open("w") as file:
        call_command(
            "import_prices",
            str(tmp_path / "matrix.csv"),
            "--propose",
            price_list="retail",
            stdout=file,
        )
    call_command("import_prices", str(tmp_path / "matrix.csv"), mapping=str(mapping), stdout=out)
    assert "11 prices change" in out.getvalue()
    assert "row 3: 1200 across and 1000 down: n/a, left out" in out.getvalue()
    kept = {each.value: each for each in ListAmount.objects.all()}
    assert (len(kept), kept["1200x1800"].amount, str(kept["600x1000"].valid_from.date())) == (
        11,
        "80.9",
        "2027-03-01",
    )


SIZES = {
    "columns": "width",
    "rows": "width",
    "column_sizes": [600, 800, 1000, 1200],
    "row_sizes": [1000, 1400, 1800],
    "amounts": [[1, 1, 1, 1]] * 3,
}


def test_an_export_of_a_shop_is_told_which_file_is_wanted():
    _, _, text = (CASES / "130-shop-export-with-variations.csv").read_text().partition("\n")
    with pytest.raises(Malformed, match="a product comes as a product file"):
        rows_of_csv(text)


def test_shirts_of_all_colours_reach_the_break_together(asked):
    # The rows of one order are instances, so that a sum over them tells how many there are in all.
    choices = {"rows": 2, "rows.1.pieces": 15, "rows.2.colour": "red", "rows.2.pieces": 5}
    (price,) = asked("37-whole-lot-across-configurations.yaml", {"choices": choices})
    assert Decimal(price["total"]) == Decimal("117.60")


def test_of_two_configurations_the_break_is_that_of_the_order(asked):
    """Told that 20 are in the order, 15 and 5 cost what 20 in one configuration do."""
    prices = [
        asked("37-whole-lot-across-configurations.yaml", {"choices": {"rows.1.pieces": pieces}})[0]
        for pieces in (15, 5)
    ]
    assert sum(Decimal(price["total"]) for price in prices) == Decimal("120.00")
    lot = yaml.safe_load((CASES / "37-whole-lot-across-configurations.yaml").read_text())
    lot["price_lines"] = [
        {
            "key": "shirts",
            "label": "Shirts",
            "amount": 6.36,
            "breaks": [{"pieces": 12, "amount": 5.88}, {"pieces": 96, "amount": 4.80}],
        }
    ]
    file = read_product_file(yaml.safe_dump(lot))
    prices_of = compile_prices(file.model, file.price_lists[0])
    whole = price(prices_of, {}, 20).total
    shared = [price(prices_of, {}, pieces, order_quantity=20).total for pieces in (15, 5)]
    assert (whole, sum(shared)) == (Decimal("117.60"), whole)
