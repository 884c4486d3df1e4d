"""What has to be answered, and when a configuration is complete: the handed cases that speak of it."""

import pytest

from tests.cases.reading import answers, needs_cases

pytestmark = needs_cases


def test_a_text_that_a_rule_asks_for_is_missing(monkeypatch):
    own, motto, words = answers(
        "31-text-needed-only-sometimes.yaml",
        {"kind": "own"},
        {"kind": "motto"},
        {"kind": "own", "words": "Ada"},
        monkeypatch=monkeypatch,
    )
    assert (own["complete"], own["ready"], own["missing"]) == (False, False, ["words"])
    assert (motto["complete"], motto["missing"]) == (True, [])
    assert (words["complete"], words["ready"]) == (True, True)


def test_where_one_of_two_would_do_the_rule_says_so(monkeypatch):
    neither, one, other = answers(
        "34-at-least-one-of-two.yaml", {}, {"cover": "red"}, {"case": "big"}, monkeypatch=monkeypatch
    )
    assert (neither["complete"], neither["ready"], neither["missing"]) == (False, False, [])
    assert neither["open_rules"] == [
        {"kind": "rule", "key": "one", "message": "Take a cover or a case.", "options": ["cover", "case"]}
    ]
    assert all(each["complete"] and each["open_rules"] == [] for each in (one, other))


def test_a_value_tells_that_a_multi_choice_then_asks_for_members(monkeypatch):
    nothing, ash, elm = answers("65-multi-choice-left-open.yaml", monkeypatch=monkeypatch)
    values = nothing["options"]["wood"]["values"]
    assert (values["ash"]["opens"], values["elm"]["opens"], values["oak"]["opens"]) == (["extras"], ["finish"], [])
    assert (ash["complete"], ash["missing"], elm["missing"]) == (False, ["extras"], ["finish"])


def test_a_colour_that_goes_with_one_box_is_offered_with_a_change_of_the_box(monkeypatch):
    nothing, anthracite, half = answers(
        "16-box-shape-for-one-colour.yaml",
        {},
        {"bar": "anthracite"},
        {"choices": {"box": "half"}, "changes": {"bar": "anthracite"}},
        monkeypatch=monkeypatch,
    )
    assert nothing["options"]["bar"]["values"]["anthracite"]["free"] is True
    assert nothing["options"]["bar"]["values"]["anthracite"]["price_difference"] == "12.00"
    boxes = anthracite["options"]["box"]["values"]
    assert {key: each["free"] for key, each in boxes.items()} == {"quarter": False, "half": False, "square": True}
    assert anthracite["values"]["box"] == "square"
    repair = half["conflict"]["repairs"][0]
    assert repair["changes"] == {"bar": "anthracite", "box": "square"}
    assert repair["price_difference"] == "7.00"
    assert half["conflict"]["rules"][0]["message"] == "Anthracite bars need the square box."


@pytest.mark.parametrize("state", [0, 1])
def test_beside_a_conflict_ready_speaks_of_the_choices_before_it(state, monkeypatch):
    found = answers("67b-ready-beside-a-conflict.yaml", monkeypatch=monkeypatch)[state]
    assert (found["complete"], found["ready"]) == (True, True)
    assert (found["conflict"] is not None) is bool(state)
