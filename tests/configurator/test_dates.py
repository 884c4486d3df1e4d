"""A date from end to end: engine, rules, prices, the page, the API's values, rows and files."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog import checks
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import evaluate as worth
from catalog.expressions.evaluate import function_of
from catalog.expressions.render import told
from catalog.expressions.types import Scope, bind
from catalog.kinds.register import kind_of
from catalog.product_model import read, write
from catalog.uvl.of_product import UvlRefused, feature_model_of
from catalog.values import read_value
from configurator.choices import ChoicesMalformed, read_json_choices
from configurator.compiled_product import compile_product
from configurator.completion.completion import Wish, completion
from configurator.embed.forms import Invalid
from configurator.embed.options import Reader, option_shown
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import compile_prices
from pricing.in_force import Tariff, in_force
from pricing.product_file import read_product_file

WARDROBE = """
product: wardrobe
name: Wardrobe
options:
  - key: size
    kind: choice
    label: Size
    values: [{key: small, label: Small}, {key: large, label: Large}]
  - key: delivery
    kind: date
    label: {default: Delivery, de: Lieferung}
    date: {first: 2026-12-01, last: 2026-12-31, working_days: true, closed: [2026-12-25]}
  - key: start
    kind: date
    label: Start of work
    required: false
    date: {first: 2026-12-01, last: 2026-12-29, step: 7}
rules:
  - {key: notice, when: size is large, then: delivery >= "2026-12-10"}
  - {key: after, when: given(start), then: delivery - start >= 3 days}
tables:
  - key: weeks
    options: [size, delivery]
    rows: [[small, "2026-12-01..2026-12-24"], [large, ["2026-12-16", "2026-12-20..2026-12-31"]]]
price_lines:
  - {key: base, label: Base, amount: 100}
  - {key: express, label: Express, amount: 40, when: delivery < "2026-12-08"}
  - {key: storage, label: Storage, amount: '2 * max(delivery - "2026-12-15", 0)', when: given(delivery)}
"""
MODEL = read_product_file(WARDROBE, "wardrobe.yaml").model
PRODUCT = compile_product(MODEL)
PRICES = compile_prices(MODEL, in_force(Tariff(), MODEL.currency, datetime(2026, 1, 1, tzinfo=UTC)))
DELIVERY, START = MODEL.option_by_key["delivery"], MODEL.option_by_key["start"]


def followed(choices: dict[str, Any], changes: dict[str, Any] | None = None) -> Evaluation:
    return evaluate(PRODUCT, PRICES, choices, changes)


def price_of(choices: dict[str, Any]) -> Decimal:
    breakdown = followed(choices).breakdown
    assert breakdown is not None
    return breakdown.total


def test_a_file_with_dates_comes_back_as_it_was() -> None:
    document = write(MODEL)
    assert read(document) == MODEL
    assert document["options"][1]["date"] == {
        "first": "2026-12-01",
        "last": "2026-12-31",
        "working_days": True,
        "closed": ["2026-12-25"],
    }


def test_nothing_is_wrong_with_a_product_that_asks_for_days() -> None:
    assert [each.code for each in checks.findings(MODEL) if each.severity == "error"] == []


def test_only_days_that_a_complete_configuration_has_are_offered() -> None:
    state = evaluation_json(followed({"size": "large"}), "en")["options"]["delivery"]
    # 16 December by itself, and from the 20th on the working days but Christmas.
    assert state["domain"]["runs"] == [
        ["2026-12-16", "2026-12-16"],
        ["2026-12-21", "2026-12-24"],
        ["2026-12-28", "2026-12-31"],
    ]


def test_the_days_between_two_dates_bind_both() -> None:
    state = evaluation_json(followed({"size": "small", "delivery": "2026-12-11"}), "en")["options"][
        "start"
    ]
    assert state["domain"]["runs"] == [["2026-12-01", "2026-12-08"]]
    assert state["domain"]["step"] == 7


def test_a_day_that_a_rule_forbids_is_a_conflict_told_with_its_day() -> None:
    conflict = followed({"size": "large"}, {"delivery": "2026-12-03"}).conflict
    assert conflict is not None
    told_conflict = evaluation_json(followed({"size": "large"}, {"delivery": "2026-12-03"}), "en")[
        "conflict"
    ]
    assert "December 10, 2026" in str(told_conflict) or "10 December 2026" in str(told_conflict)


@pytest.mark.parametrize(
    ("day", "price"),
    [("2026-12-04", 140), ("2026-12-14", 100), ("2026-12-16", 102), ("2026-12-24", 118)],
)
def test_prices_follow_the_day(day: str, price: int) -> None:
    assert price_of({"size": "small", "delivery": day}) == price


def test_the_cheapest_rest_avoids_days_that_cost_more() -> None:
    found = completion(PRODUCT, PRICES, {"size": "small"}, Wish("cheapest"))
    assert found.breakdown is not None and found.breakdown.total == 100
    assert "2026-12-08" <= str(found.values["delivery"]) <= "2026-12-15"


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        ("2026-12-05", "date-weekend"),
        ("2026-12-25", "date-closed"),
        ("2027-01-04", "date-outside"),
        ("24.12.2026", "no-date"),
        ("2026-02-30", "no-date"),
    ],
)
def test_a_day_that_is_no_answer_is_refused_and_said_why(raw: str, slug: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_value(DELIVERY, raw)
    assert getattr(refused.value, "slug", "") == slug
    shown = option_shown(
        followed({}), DELIVERY, Reader("de", "EUR"), Invalid("delivery", raw, refused.value)
    )  # type: ignore[arg-type]
    assert shown.error
    assert shown.raw == raw


def test_a_day_between_the_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="every 7 days"):
        read_value(START, "2026-12-02")
    assert read_value(START, "2026-12-08") == "2026-12-08"


def test_callers_send_days_as_texts_and_numbers_are_none() -> None:
    assert read_json_choices(MODEL, {"delivery": "2026-12-04"}) == {"delivery": "2026-12-04"}
    with pytest.raises(ChoicesMalformed, match="a date such as"):
        read_json_choices(MODEL, {"delivery": 20261204})


def test_the_page_has_a_native_input_and_tells_the_days_in_the_readers_language() -> None:
    shown = option_shown(
        followed({"size": "large", "delivery": "2026-12-16"}), DELIVERY, Reader("de", "EUR")
    )
    assert shown.date is not None
    assert (shown.date.first, shown.date.last) == ("2026-12-01", "2026-12-31")
    assert (shown.raw, shown.picked, shown.label) == (
        "2026-12-16",
        "16. Dezember 2026",
        "Lieferung",
    )
    assert shown.can_ask_why


VALUES = {"size": "small", "delivery": "2026-12-11", "start": "2026-12-08"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('delivery > "2026-12-10"', True),
        ('"2026-12-11" <= delivery <= "2026-12-12"', True),
        ('delivery in ("2026-12-10", "2026-12-14")', False),
        ('delivery in "2026-12-10".."2026-12-14"', True),
        ('delivery is not "2026-12-11"', False),
        ("delivery = start + 3", True),
        ("start + 1 week < delivery", False),
        ("abs(start - delivery) = 3 days", True),
        ('delivery - (if size is small then "2026-12-01" else start) = 10', True),
    ],
)
def test_expressions_compare_days_and_count_between_them(text: str, expected: bool) -> None:
    node = bind(text, Scope.of(MODEL))
    assert worth(node, VALUES) is expected
    assert bool(function_of(node)(VALUES)) is expected
    assert worth(node, {"size": "small"}) is False


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("delivery > 5", "cannot compare a date with a number"),
        ("delivery + start > delivery", "dates cannot be added"),
        ('delivery > "24.12.2026"', "is no date"),
        ("2 * delivery > 3", "expected a number, found a date"),
        ("delivery in (3)", "expected a date, found a number"),
    ],
)
def test_what_makes_no_sense_of_days_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionRefused, match=problem):
        bind(text, Scope.of(MODEL))


def test_a_rule_about_days_is_told_as_people_say_it() -> None:
    node = bind('delivery >= "2026-12-10"', Scope.of(MODEL))
    assert told(node, MODEL, "de") == "Lieferung liegt nicht vor 10. Dezember 2026"


@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        ({"first": "2026-12-24", "last": "2026-12-01"}, "run backwards"),
        ({"first": "2026-12-01", "last": "2026-12-10", "step": 7}, "end at 2026-12-08"),
        ({"first": "2026-12-01", "last": "2026-12-10", "step": 0}, "at least one day"),
    ],
)
def test_a_range_of_days_that_cannot_be_is_found(domain: dict[str, Any], problem: str) -> None:
    option = {"key": "day", "kind": "date", "label": "Day", "date": domain}
    model = read({"product": "p", "name": "P", "options": [option]})
    kind = kind_of(model.options[0])
    assert any(problem in each.sentence for each in kind.findings(model.options[0], "options/day"))


def test_feature_models_have_no_dates_and_say_so() -> None:
    with pytest.raises(UvlRefused, match="date"):
        feature_model_of(MODEL)


def test_days_in_a_row_come_back_as_they_were_given() -> None:
    kind = kind_of(DELIVERY)
    columns = kind.domain_columns(DELIVERY)
    assert columns["date_closed"] == "2026-12-25"
    assert kind.domain_of(type("Row", (), columns)) == {"date": DELIVERY.date}
    assert dict(kind.column_problems({**columns, "date_last": date(2026, 11, 1)}))[
        "date_last"
    ].startswith("The days")
