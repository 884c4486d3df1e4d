"""The laws that every price keeps, as properties of price models that Hypothesis makes up and makes
small.
"""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.product_model import ProductModel, read
from pricing.breakdown import Breakdown, PriceRefused, breakdown_json, compile_prices, price
from pricing.checks import findings
from pricing.in_force import InForce
from pricing.money import ROUNDING_MODES
from pricing.price_list import PriceList, read_price_list

# How the standard library rounds, which shares no code with `pricing.money`.
STANDARD = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}
PLACES = {"EUR": "0.01", "JPY": "1", "BHD": "0.001"}
EXACT = Context(prec=60)

amounts = st.decimals("0.001", 900, places=3).map(lambda number: f"{number.normalize():f}")
percents = st.decimals(-60, 60, places=2).map(lambda number: f"{number.normalize():f}")
quantities = st.integers(1, 400)
modes = pytest.mark.parametrize("mode", ROUNDING_MODES)
laws = settings(max_examples=120, deadline=None)


@st.composite
def lines(draw: Any) -> list[dict[str, Any]]:
    """Return up to six lines of every form, with breaks, tiers and set-ups."""
    made: list[dict[str, Any]] = [{"key": "base", "label": "Base", "amount": draw(amounts)}]
    for number in range(draw(st.integers(0, 5))):
        line: dict[str, Any] = {
            "key": f"line_{number}",
            "label": f"Line {number}",
            "once": draw(st.booleans()),
        }
        form = draw(
            st.sampled_from(
                ["amount", "amount", "colour", "percent", "minimum", "maximum", "material"]
            )
        )
        if form == "colour":
            line |= {
                "option": "colour",
                "amounts": {key: draw(amounts) for key in ("red", "green")},
            }
        elif form == "material":
            line |= {
                "amount": draw(amounts),
                "per": "m2",
                "quantity": "width / 7",
                "waste": draw(amounts),
            }
        elif form == "amount":
            line["amount"] = f"{draw(amounts)} * width / 3"
        else:
            line[form] = draw(percents if form == "percent" else amounts)
            # What counts once is of the whole order; a line for each piece leaves out what counts
            # once.
            line["once"] = line["once"] or all(each.get("once") for each in made)
        if form in ("amount", "colour") and draw(st.booleans()):
            pieces = sorted(draw(st.sets(st.integers(2, 300), min_size=1, max_size=3)))
            line["breaks"] = [{"pieces": each, "percent": draw(percents)} for each in pieces]
            line["tiered"] = not line["once"] and draw(st.booleans())
        made.append(line)
    return made


@st.composite
def terms(draw: Any, mode: str, **more: Any) -> dict[str, Any]:
    """Return a price list of any terms but the rounding mode."""
    currency = draw(st.sampled_from(sorted(PLACES)))
    document = {
        "key": "list",
        "name": "List",
        "currency": currency,
        "amounts_are": draw(st.sampled_from(["net", "gross"])),
        "shows": draw(st.sampled_from(["net", "gross"])),
        "tax_rate": draw(st.sampled_from([None, 0, 5, 14.975, 19])),
        "tax_rounding_of": draw(st.sampled_from(["total", "line"])),
        "rounding_increment": draw(st.sampled_from([None, 1, 5, 10])),
        "rounding_mode": mode,
        "rounding_of": draw(st.sampled_from(["line", "total"])),
        "rounding_per": draw(st.sampled_from([None, "piece", "order"])),
    }
    if document["rounding_increment"] == 10 and draw(st.booleans()):
        document["rounding_ending"] = 9
    return document | more


def model_of(price_lines: list[dict[str, Any]], currency: str) -> ProductModel:
    return read(
        {
            "product": "p",
            "name": "P",
            "currency": currency,
            "options": [
                {
                    "key": "colour",
                    "kind": "choice",
                    "label": "C",
                    "values": [{"key": "red", "label": "Red"}, {"key": "green", "label": "Green"}],
                },
                {
                    "key": "width",
                    "kind": "number",
                    "label": "W",
                    "number": {"first": 1, "last": 50},
                },
            ],
            "price_lines": price_lines,
        }
    )


values_of = st.fixed_dictionaries(
    {"colour": st.sampled_from(["red", "green"]), "width": st.integers(1, 50).map(Decimal)}
)


def priced(
    model: ProductModel, price_list: PriceList | InForce, values: dict[str, Any], quantity: int
) -> Breakdown:
    """Return the price; leave out the example where there is none."""
    try:
        return price(compile_prices(model, price_list), values, quantity)
    except PriceRefused:
        assume(False)
        raise


@modes
@laws
@given(data=st.data())
def test_lines_sum_to_the_total_in_every_rounding_mode(mode, data):
    own = data.draw(terms(mode))
    model = model_of(data.draw(lines()), own["currency"])
    answer = priced(model, read_price_list(own), data.draw(values_of), data.draw(quantities))
    assert sum(line.amount for line in answer.lines) == answer.unit_total
    assert sum(line.amount for line in answer.order_lines) == answer.order_total
    assert answer.unit_total * answer.quantity + answer.order_total == answer.total
    cent = Decimal(PLACES[own["currency"]])
    assert answer.total == answer.total.quantize(cent)
    finest = cent / 10_000 if own["rounding_per"] != "piece" and answer.quantity > 1 else cent
    assert all(line.amount == line.amount.quantize(finest) for line in answer.lines)


@modes
@laws
@given(data=st.data())
def test_net_and_tax_are_gross_and_the_tax_is_that_of_the_rate(mode, data):
    own = data.draw(terms(mode))
    model = model_of(data.draw(lines()), own["currency"])
    answer = priced(model, read_price_list(own), data.draw(values_of), data.draw(quantities))
    if own["tax_rate"] is None:
        assert answer.tax is None and not answer.tax_known and answer.shown == answer.total
        return
    assert answer.net is not None and answer.tax is not None and answer.gross is not None
    assert answer.net + answer.tax + answer.paid_rounding == answer.gross
    assert answer.total == (
        answer.net if own["amounts_are"] == "net" else answer.gross - answer.paid_rounding
    )
    assert answer.shown == (answer.net if own["shows"] == "net" else answer.gross)
    rate = Fraction(Decimal(str(own["tax_rate"]))) / 100
    exact = Fraction(answer.total) * (rate if own["amounts_are"] == "net" else rate / (1 + rate))
    # Rounded once it is within half of the smallest unit; rounded line by line, within half for
    # each line.
    count = (
        1
        if own["tax_rounding_of"] == "total"
        else max(1, len(answer.lines) + len(answer.order_lines))
    )
    assert abs(Fraction(answer.tax) - exact) <= Fraction(PLACES[own["currency"]]) / 2 * count


@modes
@laws
@given(data=st.data())
def test_a_derived_list_equals_its_formula_on_every_line(mode, data):
    own = data.draw(terms(mode, rounding_of="line", rounding_increment=None, rounding_per="piece"))
    own.pop("rounding_ending", None)
    same = {"currency": "EUR", "amounts_are": own["amounts_are"], "rounding_per": "piece"}
    below = data.draw(
        terms(data.draw(st.sampled_from(ROUNDING_MODES)), key="below", rounding_of="line", **same)
    )
    below["rounding_increment"] = None
    below.pop("rounding_ending", None)
    # A half, so that halves are to be rounded.
    factor = data.draw(st.just(Decimal("0.5")) | st.decimals("0.1", 3, places=3))
    percent = data.draw(st.just(Decimal(0)) | st.decimals(-90, 90, places=1))
    rate = data.draw(st.decimals("0.01", 200, places=4)) if own["currency"] != "EUR" else None
    derived = read_price_list(
        own | {"derived": {"of": "below", "factor": float(factor), "percent": float(percent)}}
    )
    model = model_of(data.draw(lines()), "EUR")
    values, quantity = data.draw(values_of), data.draw(quantities)
    base = InForce(read_price_list(below))
    whole = priced(model, base, values, quantity)
    answer = priced(model, InForce(derived, base=base, rate=rate), values, quantity)

    def expected(line: Any) -> Decimal:
        exact = EXACT.multiply(
            EXACT.multiply(line.amount, factor * (100 + percent)), rate or Decimal(1)
        )
        return exact.scaleb(-2, EXACT).quantize(
            Decimal(PLACES[own["currency"]]), STANDARD[mode], EXACT
        )

    for made, source in ((answer.lines, whole.lines), (answer.order_lines, whole.order_lines)):
        formula = [(line.key, line.value, expected(line)) for line in source]
        assert [(line.key, line.value, line.amount) for line in made] == [
            each for each in formula if each[2]
        ]


@modes
@laws
@given(data=st.data())
def test_where_no_break_rises_more_pieces_never_cost_more_each(mode, data):
    pieces = sorted(data.draw(st.sets(st.integers(2, 40), min_size=1, max_size=4)))
    tiered = data.draw(st.booleans())
    cheapest_last = sorted((data.draw(st.decimals(-90, 0, places=1)) for _ in pieces), reverse=True)
    breaks = [
        {"pieces": each, "percent": f"{percent:f}"}
        if data.draw(st.booleans())
        else {"pieces": each, "amount": f"{80 * (100 + percent) / 100:f}"}
        for each, percent in zip(pieces, cheapest_last, strict=True)
    ]
    line = {"key": "base", "label": "Base", "amount": 80, "breaks": breaks, "tiered": tiered}
    own = data.draw(terms(mode, currency="EUR", rounding_per="piece"))
    model = model_of([line], "EUR")
    assert "rising-break" not in {finding.code for finding in findings(model)}
    prices = compile_prices(model, read_price_list(own))
    values = {"colour": "red", "width": Decimal(5)}
    totals = [Fraction(price(prices, values, quantity).total) for quantity in range(1, 45)]
    # A tier's sum is rounded as a whole, so that what each piece comes to may differ by that
    # rounding.
    slack = Fraction(own["rounding_increment"] or Decimal("0.01")) if tiered else Fraction(0)
    for (before, few), (after, many) in pairwise(enumerate(totals, 1)):
        assert many / after <= few / before + slack * (Fraction(1, before) + Fraction(1, after))
    if tiered:
        assert all(few <= many for few, many in pairwise(totals))


@laws
@given(
    earlier=st.decimals(1, 90, places=2),
    more=st.decimals("0.01", 9, places=2),
    pieces=st.integers(2, 90),
    as_percent=st.tuples(st.booleans(), st.booleans()),
)
def test_a_break_that_costs_more_each_is_found(earlier, more, pieces, as_percent):
    breaks = [
        {"pieces": at, "percent": f"{amount - 100:f}"}
        if is_percent
        else {"pieces": at, "amount": f"{amount:f}"}
        for at, amount, is_percent in zip(
            (pieces, pieces + 1), (earlier, earlier + more), as_percent, strict=True
        )
    ]
    model = model_of([{"key": "base", "label": "Base", "amount": 100, "breaks": breaks}], "EUR")
    assert "rising-break" in {finding.code for finding in findings(model)}


@modes
@laws
@given(data=st.data())
def test_the_same_inputs_give_the_same_bytes_whatever_was_asked_before(mode, data):
    own = data.draw(terms(mode))
    price_lines = data.draw(lines())
    values, quantity = data.draw(values_of), data.draw(quantities)
    answer = priced(model_of(price_lines, own["currency"]), read_price_list(own), values, quantity)
    prices = compile_prices(model_of(price_lines, own["currency"]), read_price_list(own))
    for other in data.draw(st.lists(values_of, max_size=4)):
        for pieces in (1, quantity, quantity + 1):
            try:
                breakdown_json(price(prices, other, pieces), "de", costs=True)
            except PriceRefused:
                continue
    again = price(prices, dict(reversed(values.items())), quantity)
    assert orjson.dumps(breakdown_json(answer, costs=True)) == orjson.dumps(
        breakdown_json(again, costs=True)
    )
    assert answer == again


@laws
@given(data=st.data())
def test_an_amount_kept_in_a_derived_list_keeps_what_else_the_line_says(data):
    """To keep twice what a line says, in a list that is twice the other, changes nothing: whatever
    form it has.
    """
    price_lines = data.draw(lines())
    below = read_price_list(
        {
            "key": "below",
            "name": "B",
            "currency": "EUR",
            "rounding_of": "total",
            "rounding_increment": 5,
        }
    )
    derived = read_price_list(
        {
            "key": "twice",
            "name": "T",
            "currency": "EUR",
            "rounding_of": "total",
            "derived": {"of": "below", "factor": 2},
        }
    )
    kept = []
    for line in price_lines:
        if data.draw(st.booleans()):
            if "amount" in line:
                kept.append((line["key"], "", f"({line['amount']}) * 2"))
            for value, amount in line.get("amounts", {}).items():
                if data.draw(st.booleans()):
                    kept.append((line["key"], value, f"{amount} * 2"))
    model = model_of(price_lines, "EUR")
    values, quantity = data.draw(values_of), data.draw(quantities)
    plain = priced(model, InForce(derived, base=InForce(below)), values, quantity)
    answer = priced(model, InForce(derived, tuple(kept), base=InForce(below)), values, quantity)
    assert answer == plain


@modes
@laws
@given(data=st.data())
def test_an_order_is_rounded_once_where_the_list_says_so(mode, data):
    """Whatever a piece comes to, an order is within a cent of as many times the exact amount."""
    amount, quantity = data.draw(st.integers(1, 9_000_000)), data.draw(st.integers(2, 100_000))
    line = {"key": "base", "label": "Base", "amount": f"{amount} / 90000"}
    own = {
        "key": "a",
        "name": "A",
        "currency": "EUR",
        "rounding_mode": mode,
        "rounding_per": "order",
    }
    for rounding_of in ("line", "total"):
        answer = priced(
            model_of([line], "EUR"),
            read_price_list(own | {"rounding_of": rounding_of}),
            {},
            quantity,
        )
        exact = Fraction(amount, 90000) * quantity
        # A piece is told to a ten-thousandth of a cent.
        assert abs(Fraction(answer.total) - exact) < Fraction(1, 100) + Fraction(
            quantity, 1_000_000
        )


@laws
@given(thousandths=st.integers(1, 5_000_000), quantity=quantities)
def test_an_amount_written_finer_than_a_cent_is_kept_to_the_last_piece(thousandths, quantity):
    amount = Decimal(thousandths).scaleb(-3)
    line = {"key": "base", "label": "Base", "amount": f"{amount:f}"}
    answer = priced(
        model_of([line], "EUR"),
        read_price_list({"key": "a", "name": "A", "currency": "EUR"}),
        {},
        quantity,
    )
    exact = amount * quantity
    assert answer.total == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@modes
@laws
@given(data=st.data())
def test_a_floor_over_cost_holds_after_rounding_tax_set_ups_and_tiers(mode, data):
    price_lines = data.draw(lines())
    for line in price_lines:
        if "amount" in line:
            line["cost"] = data.draw(amounts)
        elif "option" in line:
            line["costs"] = {key: data.draw(amounts) for key in line["amounts"]}
    percent = data.draw(st.integers(-20, 80))
    own = data.draw(terms(mode, least_over_cost=percent))
    model = model_of(price_lines, own["currency"])
    answer = priced(model, read_price_list(own), data.draw(values_of), data.draw(quantities))
    if answer.net is None:
        return
    cost = answer.cost
    assert cost is not None
    # The cost of the whole order is told to the smallest unit.
    assert (
        Fraction(answer.net)
        >= (Fraction(cost) - Fraction(PLACES[own["currency"]])) * (100 + percent) / 100
    )
