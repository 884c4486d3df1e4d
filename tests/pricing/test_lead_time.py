from decimal import Decimal

import pytest

from pricing.lead_time import LeadTimeRefused, compile_lead_time, lead_time, lead_time_json
from tests.examples.desk import desk


def days_of(*documents, values=None, undecided=()):
    model = desk(lead_time_lines=[{"label": each["key"], **each} for each in documents])
    return lead_time(compile_lead_time(model), values or {}, undecided)


def test_glass_takes_a_week_longer():
    compiled = compile_lead_time(desk())
    assert lead_time(compiled, {"top": "oak"}).days == 10
    assert lead_time(compiled, {"top": "glass"}).days == 17


def test_the_sum_is_rounded_up_once():
    answer = days_of({"key": "a", "days": "1/3"}, {"key": "b", "days": "1/3"})
    assert answer.days == 1
    assert [str(line.days) for line in answer.lines] == ["0.33", "0.33"]


def test_lines_that_add_nothing_are_left_out():
    assert days_of({"key": "a", "days": 0}).lines == ()


def test_days_may_be_taken_off_but_not_below_zero():
    assert days_of({"key": "a", "days": 5}, {"key": "b", "days": -2}).days == 3
    with pytest.raises(LeadTimeRefused, match="-1 days"):
        days_of({"key": "a", "days": -1})


def test_days_that_are_undefined_are_refused_unless_the_option_is_undecided():
    line = {"key": "a", "days": "width / 100"}
    with pytest.raises(LeadTimeRefused, match="'a' gives no days"):
        days_of(line)
    assert days_of(line, undecided=["width"]).open == ("width",)
    assert days_of(line, values={"width": Decimal(1450)}).days == 15


def test_a_product_without_lead_time_lines_tells_none():
    assert lead_time_json(days_of())["days"] is None


def test_labels_are_told_in_the_language_asked_for():
    answer = lead_time(compile_lead_time(desk()), {"top": "glass"})
    assert lead_time_json(answer, "de") == {
        "days": 17,
        "lines": [
            {"key": "making", "label": "Fertigung", "days": 10},
            {"key": "glass", "label": "Glaszuschnitt", "days": 7},
        ],
        "ready_on": None,
        "open": [],
    }
