import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.product_model import ProductModel, read
from pricing.breakdown import PriceRefused, breakdown_json, compile_prices, difference, price
from pricing.in_force import InForce
from pricing.money import ROUNDING_MODES
from pricing.price_list import PriceList, read_price_list
from tests.examples.desk import desk

GLASS = {
    "frame": "steel",
    "top": "glass",
    "width": Decimal(1700),
    "depth": Decimal(700),
    "extras": ("lamp",),
}


def price_list(**changes: Any) -> PriceList:
    return read_price_list({"key": "shop", "name": "Shop", "currency": "EUR", **changes})


def desk_prices(**changes: Any):
    return compile_prices(desk(), price_list(**changes))


def lines(*documents: dict[str, Any]) -> ProductModel:
    return desk(price_lines=[{"label": each["key"], **each} for each in documents])


def refusal(model: ProductModel, values: Any = GLASS, **changes: Any) -> PriceRefused:
    with pytest.raises(PriceRefused) as refused:
        price(compile_prices(model, price_list()), values, **changes)
    return refused.value


def test_the_desk_costs_the_sum_of_its_lines():
    breakdown = price(desk_prices(), GLASS)
    assert [(line.label.default, str(line.amount)) for line in breakdown.lines] == [
        ("Desk", "290.00"),
        ("Top: Glass", "214.20"),
        ("Extras: Lamp", "49.00"),
        ("Extra wide", "21.42"),
    ]
    assert breakdown.unit_total == Decimal("574.62")


def test_the_label_of_a_value_is_told_in_every_language():
    line = price(desk_prices(), GLASS).lines[1]
    assert line.label.in_locale("de") == "Platte: Glas"


def test_a_line_knows_what_it_is_for():
    line = price(desk_prices(), GLASS).lines[2]
    assert (line.key, line.kind, line.option, line.value) == ("extras", "value", "extras", "lamp")


def test_a_line_waits_for_a_required_option_that_is_undecided():
    breakdown = price(
        desk_prices(), {"frame": "oak"}, undecided=["top", "width", "depth", "extras"]
    )
    assert breakdown.open == ("top", "width", "depth")


def test_an_optional_option_without_value_adds_nothing_and_keeps_nothing_open():
    values = {key: value for key, value in GLASS.items() if key != "extras"}
    assert price(desk_prices(), values, undecided=["extras"]).open == ()


def test_a_missing_amount_names_line_option_and_value():
    model = lines({"key": "top", "option": "top", "amounts": {"oak": 1}})
    assert refusal(model).data == {
        "line": "top",
        "price_list": "shop",
        "option": "top",
        "value": "glass",
    }


def test_an_undefined_amount_is_refused_once_nothing_is_undecided():
    assert refusal(lines({"key": "a", "amount": "100 / (width - 1700)"})).data["line"] == "a"


def test_a_price_without_any_line_is_refused():
    assert "applies" in refusal(lines({"key": "a", "amount": 1, "when": "top == oak"})).sentence


def test_a_list_without_lines_is_refused_only_when_asked():
    prices = compile_prices(desk(), price_list(currency="CAD"))
    with pytest.raises(PriceRefused, match="has no prices for this product"):
        price(prices, GLASS)


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, True])
def test_an_impossible_quantity_is_refused(quantity):
    with pytest.raises(PriceRefused, match="quantity"):
        price(desk_prices(), GLASS, quantity)


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ([{"key": "a", "amount": "widht * 2"}], "did you mean 'width'"),
        ([{"key": "a"}], "either an amount"),
        ([{"key": "a", "amount": 1, "percent": 3}], "either an amount"),
        ([{"key": "a", "option": "topp", "amounts": {"x": 1}}], "no option 'topp'"),
        ([{"key": "a", "option": "width", "amounts": {"x": 1}}], "no listed values"),
        ([{"key": "a", "amount": 1}, {"key": "a", "amount": 2}], "two price lines"),
        ([{"key": "a", "percent": 5, "of": ["b"]}, {"key": "b", "amount": 1}], "stands before"),
        ([{"key": "a", "percent": 5, "of": ["c"]}], "c, which is no price line"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_when_a_price_is_asked_for(documents, told):
    assert told in refusal(lines(*documents)).sentence


def test_an_amount_that_is_too_large_is_refused():
    assert "too large" in refusal(lines({"key": "a", "amount": "999999999999 * 999999"})).sentence


def test_a_percentage_of_all_lines_before_counts_those_that_apply():
    model = lines(
        {"key": "a", "amount": 100},
        {"key": "b", "amount": 50, "when": "top == oak"},
        {"key": "c", "percent": 10},
        {"key": "d", "percent": 10},
    )
    assert [
        str(line.amount) for line in price(compile_prices(model, price_list()), GLASS).lines
    ] == [
        "100.00",
        "10.00",
        "11.00",
    ]


def test_a_difference_is_told_in_the_terms_that_are_shown():
    prices = desk_prices(amounts_are="net", shows="gross", tax_rate=20)
    breakdown = price(prices, GLASS)
    assert difference(prices, breakdown, {**GLASS, "frame": "oak"}, ["frame"]) == Decimal("158.40")


def test_nothing_changes_where_no_line_reads_what_changed():
    prices = desk_prices()
    assert difference(prices, price(prices, GLASS), {**GLASS, "engraving": "x"}, ["engraving"]) == 0


def test_values_that_would_be_refused_have_no_difference():
    model = lines(
        {"key": "a", "amount": 10},
        {"key": "top", "option": "top", "amounts": {"glass": 5, "oak": -11}},
    )
    prices = compile_prices(model, price_list())
    breakdown = price(prices, GLASS)
    assert difference(prices, breakdown, {**GLASS, "top": "laminate"}, ["top"]) is None
    assert difference(prices, breakdown, {**GLASS, "top": "oak"}, ["top"]) is None


def test_values_to_which_no_line_applies_have_no_difference():
    model = lines({"key": "a", "amount": 10, "when": "top == glass"})
    prices = compile_prices(model, price_list())
    assert difference(prices, price(prices, GLASS), {**GLASS, "top": "oak"}, ["top"]) is None


def test_amounts_are_decimal_texts_in_json():
    document = breakdown_json(price(desk_prices(tax_rate=19), GLASS, 2), "de")
    assert document["lines"][1] == {
        "key": "top",
        "label": "Platte: Glas",
        "amount": "214.20",
        "kind": "value",
        "option": "top",
        "value": "glass",
    }
    assert (document["unit_total"], document["total"], document["shown_text"]) == (
        "574.62",
        "1149.24",
        "1.149,24\u00a0€",
    )


def test_a_forgotten_memory_changes_no_price():
    model = lines({"key": "a", "amount": "width * depth / 3"})
    prices = compile_prices(model, price_list())
    first = price(prices, {"width": Decimal(7), "depth": Decimal(2)}).unit_total
    for width in range(5_000):
        price(prices, {"width": Decimal(width), "depth": Decimal(2)})
    assert price(prices, {"width": Decimal(7), "depth": Decimal(2)}).unit_total == first


# ---- laws, against an oracle of plain fractions --------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A price model told twice: as a product model, and as functions of the values for the oracle."""

    model: ProductModel
    oracle: tuple[dict[str, Any], ...]
    terms: PriceList
    before: dict[str, Any]
    after: dict[str, Any]


CHOICES = ("red", "green", "blue")

money = st.decimals(-50, 400, places=3, allow_nan=False).map(lambda number: number.normalize() + 0)


def formulas():
    """Return pairs of an expression and the same as a function of the values; None where it is
    undefined.
    """

    def per_number(factor):
        text = f"{factor:f}"
        exact = Fraction(factor)
        return (
            f"{text} * number / 7",
            lambda values: (
                None if "number" not in values else exact * Fraction(values["number"]) / 7
            ),
        )

    def conditional(factor):
        text, exact = f"{factor:f}", Fraction(factor)
        return (
            f"(if lacquered then {text} else 3)",
            lambda values: exact if values.get("lacquered") else Fraction(3),
        )

    def divided(factor):
        text, exact = f"{factor:f}", Fraction(factor)
        return (
            f"{text} / (number - 4)",
            lambda values: (
                None
                if values.get("number") in (None, 4)
                else exact / (Fraction(values["number"]) - 4)
            ),
        )

    def constant(factor):
        exact = Fraction(factor)
        return (f"{factor:f}", lambda values: exact)

    return money.flatmap(
        lambda factor: st.sampled_from([constant, constant, per_number, conditional, divided]).map(
            lambda make: make(factor)
        )
    )


def conditions():
    def colour(key):
        return (f"colour == {key}", lambda values: values.get("colour") == key)

    def has(key):
        return (f"extras has {key}", lambda values: key in values.get("extras", ()))

    more = ("number > 5", lambda values: values.get("number", 0) > 5)
    return st.none() | st.sampled_from([*map(colour, CHOICES), *map(has, CHOICES), more])


@st.composite
def price_line(draw, index):
    key = f"line_{index}"
    when = draw(conditions())
    document: dict[str, Any] = {"key": key, "label": key}
    oracle: dict[str, Any] = {"key": key, "when": when[1] if when else None}
    if when:
        document["when"] = when[0]
    form = draw(st.sampled_from(["amount", "amount", "colour", "extras", "percent"]))
    if form == "amount":
        document["amount"], oracle["amount"] = draw(formulas())
    elif form == "percent":
        of = draw(st.lists(st.integers(0, index - 1), max_size=3, unique=True)) if index else []
        document["percent"], oracle["percent"] = draw(formulas())
        if of:
            document["of"] = [f"line_{each}" for each in of]
        oracle["of"] = of or list(range(index))
    else:
        amounts = {key: draw(formulas()) for key in CHOICES}
        document |= {"option": form, "amounts": {key: text for key, (text, _) in amounts.items()}}
        oracle |= {
            "option": form,
            "amounts": {key: function for key, (_, function) in amounts.items()},
        }
    return document, oracle


values_of = st.fixed_dictionaries(
    {"colour": st.sampled_from(CHOICES), "lacquered": st.booleans()},
    optional={
        "number": st.integers(0, 9).map(Decimal),
        "extras": st.lists(st.sampled_from(CHOICES), unique=True, min_size=1).map(tuple),
    },
)


@st.composite
def price_cases(draw):
    made = [draw(price_line(index)) for index in range(draw(st.integers(1, 7)))]
    listed = [{"key": key, "label": key.title()} for key in CHOICES]
    model = read(
        {
            "product": "random",
            "name": "Random",
            "options": [
                {"key": "colour", "kind": "choice", "label": "Colour", "values": listed},
                {
                    "key": "extras",
                    "kind": "multi",
                    "label": "Extras",
                    "values": listed,
                    "required": False,
                },
                {
                    "key": "number",
                    "kind": "number",
                    "label": "Number",
                    "number": {"first": 0, "last": 9},
                    "required": False,
                },
                {"key": "lacquered", "kind": "boolean", "label": "Lacquered"},
            ],
            "price_lines": [document for document, _ in made],
        }
    )
    terms = read_price_list(
        {
            "key": "list",
            "name": "List",
            "currency": "EUR",
            "amounts_are": draw(st.sampled_from(["net", "gross"])),
            "shows": draw(st.sampled_from(["net", "gross"])),
            "tax_rate": draw(st.sampled_from([None, 0, 7, 13.5, 19])),
            "rounding_increment": draw(st.sampled_from([None, 0.05, 1])),
            "rounding_mode": draw(st.sampled_from(ROUNDING_MODES)),
            "rounding_of": draw(st.sampled_from(["line", "total"])),
        }
    )
    return Case(model, tuple(oracle for _, oracle in made), terms, draw(values_of), draw(values_of))


def nearest(amount: Fraction, increment: Fraction, mode: str) -> Fraction:
    steps = abs(amount) / increment
    count = {
        "up": math.ceil(steps),
        "down": math.floor(steps),
        "half_up": math.floor(steps + Fraction(1, 2)),
        "half_even": round(steps),
    }[mode]
    return count * increment * (1 if amount > 0 else -1)


def told_by_oracle(case: Case, values: dict[str, Any]) -> Fraction | None:
    """Return the price of one piece, or None where there is none."""
    increment = Fraction(case.terms.rounding_increment or Decimal("0.01"))

    def kept(amount: Fraction) -> Fraction:
        return (
            nearest(amount, increment, case.terms.rounding_mode)
            if case.terms.rounding_of == "line"
            else amount
        )

    amounts: list[Fraction] = []
    applied = False
    for line in case.oracle:
        amounts.append(Fraction(0))
        if line["when"] and not line["when"](values):
            continue
        if "amount" in line:
            terms = [line["amount"](values)]
        elif "percent" in line:
            rate = line["percent"](values)
            terms = [
                None if rate is None else sum(amounts[each] for each in line["of"]) * rate / 100
            ]
        else:
            chosen = values.get(line["option"], ())
            terms = [
                line["amounts"][each](values)
                for each in ((chosen,) if isinstance(chosen, str) else chosen)
            ]
        if None in terms:
            return None
        applied = applied or bool(terms)
        amounts[-1] = sum((kept(term) for term in terms), Fraction(0))
    total = nearest(sum(amounts), increment, case.terms.rounding_mode)
    return total if applied and total >= 0 else None


def priced(case: Case, values: dict[str, Any], quantity: int = 1):
    try:
        return price(compile_prices(case.model, case.terms), values, quantity)
    except PriceRefused:
        return None


@settings(max_examples=300, deadline=None)
@given(price_cases())
def test_the_price_is_the_one_of_the_oracle(case):
    breakdown = priced(case, case.before)
    assert (None if breakdown is None else Fraction(breakdown.unit_total)) == told_by_oracle(
        case, case.before
    )


@settings(max_examples=200, deadline=None)
@given(price_cases(), st.integers(1, 1000))
def test_lines_sum_to_the_total_and_net_and_tax_to_gross(case, quantity):
    breakdown = priced(case, case.before, quantity)
    if breakdown is None:
        return
    assert sum(line.amount for line in breakdown.lines) == breakdown.unit_total
    assert breakdown.unit_total * quantity + breakdown.order_total == breakdown.total
    assert breakdown.tax_known == (case.terms.tax_rate is not None)
    if breakdown.tax_known:
        assert breakdown.net + breakdown.tax + breakdown.paid_rounding == breakdown.gross
        rate = Fraction(case.terms.tax_rate) / 100
        assert abs(Fraction(breakdown.tax) - Fraction(breakdown.net) * rate) <= Fraction(1, 100)
    assert all(line.amount for line in breakdown.lines)


@settings(max_examples=300, deadline=None)
@given(price_cases())
def test_a_difference_is_that_of_two_full_prices(case):
    prices = compile_prices(case.model, case.terms)
    before, after = priced(case, case.before), priced(case, case.after)
    if before is None:
        return
    both = {**case.before, **case.after}
    changed = [key for key in both if case.before.get(key) != case.after.get(key)]
    told = difference(prices, price(prices, case.before), case.after, changed)
    assert told == (None if after is None else after.shown - before.shown)


@settings(max_examples=100, deadline=None)
@given(price_cases())
def test_the_same_choices_give_the_same_breakdown(case):
    prices = compile_prices(case.model, case.terms)
    try:
        first = price(prices, case.before)
    except PriceRefused:
        return
    assert breakdown_json(price(prices, case.before)) == breakdown_json(first)
    assert replace(price(prices, case.before), known=first.known) == first


@pytest.mark.parametrize("rounding_of", ["total", "line"])
@pytest.mark.parametrize("quantity", [1, 3])
@pytest.mark.parametrize(
    "terms",
    [{"rounding_increment": 1, "rounding_ending": Decimal("0.90")}, {"rounding_increment": 7}],
)
def test_a_minimum_of_all_lines_is_a_floor_after_rounding(rounding_of, quantity, terms):
    model = lines({"key": "desk", "amount": 40}, {"key": "least", "minimum": 100})
    found = price(
        compile_prices(model, price_list(rounding_of=rounding_of, **terms)), GLASS, quantity
    )
    step = Decimal(terms["rounding_increment"])
    assert 100 <= found.unit_total < 100 + step
    assert sum(line.amount for line in found.lines) == found.unit_total


def test_a_minimum_of_the_order_is_a_floor_of_what_the_order_comes_to():
    model = lines({"key": "desk", "amount": 11}, {"key": "least", "minimum": 100, "once": True})
    found = price(
        compile_prices(model, price_list(rounding_of="total", rounding_increment=7)), GLASS, 2
    )
    assert (found.unit_total, found.total) == (14, 105)


def test_a_minimum_is_a_floor_in_a_list_that_is_made_from_another():
    model = lines({"key": "desk", "amount": 40}, {"key": "least", "minimum": 100})
    retail = InForce(price_list())
    half = price_list(
        key="half",
        rounding_of="total",
        rounding_increment=7,
        derived={"of": "shop", "factor": Decimal("0.5")},
    )
    assert price(compile_prices(model, InForce(half, base=retail)), GLASS).total == 56


@pytest.mark.parametrize(("pieces", "packs"), [(1, 1), (3, 1), (7, 3), (10, 3)])
def test_packs_are_taken_whole_by_the_order(pieces, packs):
    pack = {"key": "pack", "amount": 4, "cost": 3, "per": "piece", "quantity": "0.3", "whole": True}
    model = lines({"key": "desk", "amount": 10}, pack)
    found = price(compile_prices(model, price_list()), GLASS, pieces)
    assert (found.unit_total, found.order_total, found.total) == (
        10,
        4 * packs,
        10 * pieces + 4 * packs,
    )
    assert [(line.key, line.cost) for line in found.order_lines] == [("pack", 3 * packs)]


@pytest.mark.parametrize(
    "beside", [{"once": True}, {"tiered": True}, {"at_least": 2}, {"per": None, "quantity": None}]
)
def test_whole_units_stand_beside_nothing_that_counts_otherwise(beside):
    line = {"key": "pack", "amount": 4, "per": "piece", "quantity": "0.3", "whole": True, **beside}
    refused = refusal(lines({name: each for name, each in line.items() if each is not None}))
    assert "whole units are of a material" in refused.sentence
