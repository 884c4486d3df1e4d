"""The handed cases about what things cost: amounts, rounding, lists made from lists, floors and
units.
"""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError

from tests.cases.reading import CASES, answers, findings, needs_cases

pytestmark = needs_cases


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that asks for a case's price, one question after another."""

    def ask(name: str, *questions: dict[str, Any]) -> list[Any]:
        given = [{"choices": {}, **question} for question in questions]
        return [answer["price"] for answer in answers(name, *given, monkeypatch=monkeypatch)]

    return ask


def amounts(price: dict[str, Any]) -> dict[str, Decimal]:
    return {
        line["key"]: Decimal(line["amount"]) for line in (*price["lines"], *price["order_lines"])
    }


def totals(prices: list[dict[str, Any]]) -> list[Decimal]:
    return [Decimal(price["total"]) for price in prices]


def test_a_percentage_is_taken_of_all_pieces_in_the_box(asked):
    one, three = asked("01-percent-after-pieces.yaml", {}, {"quantity": 3})
    assert totals([one, three]) == [Decimal("115.43"), Decimal("346.29")]


def test_two_things_at_ninety_percent_are_ninety_percent_of_both(asked):
    assert totals(asked("03-two-items-ninety-percent.yaml", {})) == [Decimal("16.56")]


def test_net_and_tax_are_the_gross_total_after_a_coupon(asked):
    (price,) = asked("04-coupon-and-packing-ten-percent-vat.yaml", {"choices": {"ribbon": False}})
    assert [Decimal(price[name]) for name in ("gross", "net", "tax")] == [
        Decimal("70.86"),
        Decimal("64.42"),
        Decimal("6.44"),
    ]


def test_rounding_to_fives_comes_last(asked):
    assert totals(asked("06-round-to-five-last.yaml", {"choices": {"hinge": False}})) == [1295]


def test_amounts_kept_in_dollars_are_not_converted(monkeypatch):
    question = {"choices": {}, "price_list": "usd"}
    (answer,) = answers("07-second-currency-own-amounts.yaml", question, monkeypatch=monkeypatch)
    assert Decimal(answer["price"]["total"]) == 2299
    assert Decimal(answer["options"]["warranty"]["values"]["long"]["price_difference"]) == 200


def test_two_halves_are_one_where_there_are_no_cents(asked):
    assert totals(asked("08-two-halves-without-cents.yaml", {})) == [11]


def test_a_break_is_of_the_amount_not_of_the_break_before(asked):
    five, ten = asked("20-break-percent-is-not-compounded.yaml", {"quantity": 5}, {"quantity": 10})
    assert [Decimal(price["net"]) for price in (five, ten)] == [Decimal("53.55"), Decimal("95.20")]


def test_three_lines_for_three_pieces_are_taxed_once(asked):
    (price,) = asked("22-three-lines-times-three.yaml", {"quantity": 3})
    assert [Decimal(price[name]) for name in ("unit_total", "net", "tax", "gross")] == [
        89,
        267,
        Decimal("16.02"),
        Decimal("283.02"),
    ]


def test_a_deduction_for_each_piece_beside_tiers_is_judged_by_the_total(asked):
    name = "71-tiered-base-with-a-deduction.yaml"
    assert totals(asked(name, {"choices": {"finish": "raw"}, "quantity": 20})) == [149]
    assert "error" not in findings(name).partition(":")[0]


def test_a_percentage_is_of_what_the_rounded_list_costs(asked):
    name = "72-percentage-on-a-rounded-list.yaml"
    dealer, other = asked(name, {"price_list": "dealer"}, {"price_list": "dealer_2"})
    assert totals([dealer, other]) == [270, 270]
    assert amounts(dealer)["rounding"] == -49


def test_an_amount_kept_in_a_derived_list_has_the_material_breaks_and_tiers_of_its_line(asked):
    question = {"choices": {"sawn": True}, "price_list": "dealer"}
    one, ten = asked(
        "73-amount-kept-in-a-derived-list.yaml", question, {**question, "quantity": 10}
    )
    assert amounts(one) == {"board": 60, "work": 9, "tiered": 4}
    assert amounts(ten) == {"board": 54, "work": Decimal("8.10"), "tiered": Decimal("39.20")}


def test_a_list_without_a_line_of_its_own_tells_its_prices_on_request(monkeypatch):
    name = "79-all-on-request.yaml"
    assert ": 0 errors" in findings(name)
    question = {"choices": {"roof": "flat"}, "price_list": "projects"}
    (answer,) = answers(name, question, monkeypatch=monkeypatch)
    assert answer["price"] is None and answer["price_on_request"] is True


def test_formulas_by_the_square_metre_charge_at_least_half_of_one(asked):
    shutter = {
        "width": 900,
        "height": 1200,
        "type": "sliding",
        "corner": "c90",
        "colour": "custom",
        "frame": "z20",
    }
    two, small = asked(
        "44-shutter-as-formulas.yaml",
        {"choices": shutter, "quantity": 2},
        {"choices": {**shutter, "width": 300, "height": 400}},
    )
    assert (Decimal(two["unit_total"]), Decimal(two["total"])) == (
        Decimal("284.04"),
        Decimal("718.08"),
    )
    assert Decimal(small["unit_total"]) == Decimal("131.50")


def quantities(
    name: str, monkeypatch: pytest.MonkeyPatch, *questions: dict[str, Any]
) -> list[list[Decimal]]:
    given = answers(name, *questions, monkeypatch=monkeypatch)
    return [[Decimal(str(part["quantity"])) for part in answer["bom"]] for answer in given]


def test_a_twelfth_of_a_dozen_for_each_is_a_dozen_for_twelve(monkeypatch):
    questions = [{"choices": {"icing": True}, "quantity": pieces} for pieces in (12, 1200)]
    assert quantities("12-a-twelfth-of-a-dozen.yaml", monkeypatch, *questions) == [[1], [100]]


def test_small_quantities_are_not_rounded_on_the_way_to_a_million(monkeypatch):
    question = {"choices": {"strong": True}, "quantity": 1_000_000}
    found = quantities("13-chain-of-small-quantities.yaml", monkeypatch, question)
    assert found == [[Decimal("8552.5")]]


def test_one_part_of_two_lines_can_be_told_apart_and_counts_up(monkeypatch):
    question = {"choices": {}, "quantity": 10}
    (answer,) = answers("26-dozen-word-and-sheet-parts.yaml", question, monkeypatch=monkeypatch)
    assert {part["key"]: part["quantity"] for part in answer["bom"]} == {
        "frame_screws": 80,
        "shelf_screws": 40,
    }


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("{first: 0, last: 10, step: 0}", "must be more than 0"),
        ("{first: 0, last: 10, step: -1}", "must be more than 0"),
        ("{first: 10, last: 0, step: 1}", "runs backwards"),
        ("{first: 100, last: 305, step: 10}", "end at 300"),
        ("{first: 10, last: 50, step: 10}|27", "not among 10 to 50"),
        ("{first: 10, last: 50, step: 10}|90", "not among 10 to 50"),
        ("{first: 0.5, last: 5.5, step: 1}|1.5", ""),
        ("{first: 0.1, last: 1, step: 0.1}|0.3", ""),
    ],
)
def test_what_is_wrong_with_the_steps_of_a_number_is_said(number, told, tmp_path):
    source = (CASES / "19-step-and-bounds-faults.sh").read_text()
    assert f"'{number}'" in source
    domain, _, default = number.partition("|")
    template = re.search(r"printf '(.+?)' \"", source)
    assert template is not None
    before, middle, after = template.group(1).replace("\\n", "\n").split("%s")
    path = tmp_path / "n.yaml"
    path.write_text(f"{before}{f'default: {default}, ' if default else ''}{middle}{domain}{after}")
    found = findings(str(path))
    assert ("option 'w'" in found and told in found) if told else ": 0 errors, 0 warnings" in found


def test_two_weeks_are_fourteen_days(monkeypatch):
    questions = [{"choices": {"cover": cover, "wait": 3}} for cover in ("cloth", "leather")]
    given = answers("82-two-weeks.yaml", *questions, monkeypatch=monkeypatch)
    assert [answer["lead_time"]["days"] for answer in given] == [14, 21]


def test_a_tenth_of_a_quarter_is_not_rounded_before_it_is_multiplied(asked):
    found = asked(
        "10-ten-percent-of-a-quarter.yaml",
        *({"choices": {"ripe": True}, "quantity": n} for n in (2, 20)),
    )
    assert totals(found) == [Decimal("0.55"), Decimal("5.50")]


def test_an_increment_finer_than_a_coin_is_refused_with_what_to_write_instead(
    asked, tmp_path, monkeypatch
):
    name = "18-fine-increment.yaml"
    with pytest.raises(CommandError, match="leave it out, and let rounding_per be 'order'"):
        asked(name, {"quantity": 10_000})
    written = (
        (CASES / name).read_text().replace("rounding_increment: 0.0001", "rounding_per: order")
    )
    for document in (written, written.replace(", rounding_per: order", "")):
        path = tmp_path / name
        path.write_text(document)
        (price,) = asked(str(path), {"quantity": 10_000})
        assert (price["unit_total"], price["total"]) == ("0.0125", "125.00")
        assert "finer-amount" in findings(str(path))


def test_what_is_paid_in_francs_ends_in_five_cents_and_the_rest_is_told(asked):
    name = "23-swiss-five-cents-on-gross.yaml"
    ten, more = asked(name, *({"choices": {"size": size}} for size in ("m", "s")))
    assert [Decimal(ten[each]) for each in ("net", "tax", "paid_rounding", "gross", "shown")] == [
        Decimal(amount) for amount in ("10.00", "0.81", "-0.01", "10.80", "10.80")
    ]
    assert Decimal(more["gross"]) == Decimal("108.05") and "paid_rounding" not in more


def test_the_least_price_over_cost_is_that_of_the_order_with_its_set_up(asked):
    name = "75-least-over-cost-and-set-up.yaml"
    question = {"choices": {"colour": "red"}, "price_list": "trade"}
    one, many = asked(name, question, {**question, "quantity": 100})
    assert [Decimal(price["net"]) for price in (one, many)] == [
        Decimal("94.50"),
        Decimal("1134.00"),
    ]
