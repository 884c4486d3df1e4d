"""Conditions on what an event says, in the catalog's notation."""

from dataclasses import replace

import pytest

from catalog.product_model import Kind, Option, Text
from integrations.webhooks.catalogue import KINDS
from integrations.webhooks.conditions import ConditionRefused, holds, names_of, refuse_condition
from tests.examples.desk import desk
from tests.examples.everything import everything

COMPLETED = "configuration.completed"
SAID = KINDS[COMPLETED].example


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", True),
        ("total > 1000", True),
        ("total > 1296", False),
        ('product is "desk" and quantity >= 2', True),
        ("state is completed", True),
        ('currency is not "EUR"', False),
        ("frame is steel and top is glass", True),
        ("frame is oak", False),
        ("width > 1.2 m", True),
        ("given(extras)", False),
        ("completed_at is given", None),
    ],
)
def test_a_condition_reads_fields_and_choices(condition, expected):
    if expected is None:
        with pytest.raises(ConditionRefused):
            holds(condition, COMPLETED, SAID, desk())
    else:
        assert holds(condition, COMPLETED, SAID, desk()) is expected


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("frame is stel", "For desk: 'frame' has no value 'stel' at 9–13; did you mean 'steel'?"),
        ("bom > 1", "unknown option 'bom'"),
        ("total", "condition"),
        ("total > " + "1 + " * 2_000 + "1", "4,000"),
        ("(" * 100 + "total > 1" + ")" * 100, "deep"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(condition, told):
    with pytest.raises(ConditionRefused) as refused:
        refuse_condition(condition, COMPLETED, [desk()])
    assert told in refused.value.sentence
    assert refused.value.data["errors"][0]["pointer"] == "/condition"


def test_without_a_product_only_fields_of_the_event_are_read():
    with pytest.raises(ConditionRefused, match="unknown option 'frame'"):
        refuse_condition("frame is steel", COMPLETED)
    refuse_condition("total > 1", COMPLETED)


def test_a_price_on_request_is_above_nothing():
    assert not holds("total > 0", COMPLETED, {**SAID, "total": None})
    assert holds("not given(total)", COMPLETED, {**SAID, "total": None})


def test_options_that_shoppers_never_see_are_not_read():
    secret = Option("margin_class", Kind.BOOLEAN, Text("Margin"), internal=True)
    model = replace(desk(), options=(*desk().options, secret))
    assert "margin_class" not in names_of(COMPLETED, model)


def test_a_field_hides_an_option_of_its_key():
    model = replace(desk(), options=(*desk().options, Option("total", Kind.BOOLEAN, Text("Total"))))
    assert holds("total > 1000", COMPLETED, {**SAID, "choices": {"total": True}}, model)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_event_has_fields_to_ask_for(kind):
    assert names_of(kind)
    assert set(names_of(kind)) < set(names_of(kind, everything()))
